"""hosts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("first_time", sa.BigInteger(), nullable=True),
        sa.Column("newest_time", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
        sa.UniqueConstraint("name", name=op.f("uq_hosts_name")),
    )
    op.create_table(
        "host_hardware",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("cpu_number", sa.Integer(), nullable=False),
        sa.Column("cpu_architecture", sa.String(length=255), nullable=False),
        sa.Column("cpu_model", sa.String(length=255), nullable=False),
        sa.Column("cpu_mhz", sa.Float(), nullable=True),
        sa.Column("l2_cache_bytes", sa.BigInteger(), nullable=True),
        sa.Column("total_memory_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_hardware_host_id")),
        sa.PrimaryKeyConstraint("host_id", "since", name=op.f("pk_host_hardware")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_usage",
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("disk_available_mib", sa.BigInteger(), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("memory_free_mib", sa.Integer(), nullable=False),
        sa.Column("disk_io", sa.Integer(), nullable=False),
        sa.Column("load_hundredths", sa.Integer(), nullable=True),
        sa.Column("network_received_kib", sa.Integer(), nullable=True),
        sa.Column("network_sent_kib", sa.Integer(), nullable=True),
        sa.Column("cpu_idle_tenths", sa.SmallInteger(), nullable=False),
        sa.Column("cpu_kernel_tenths", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_usage_host_id")),
        sa.PrimaryKeyConstraint("host_id", "time", name=op.f("pk_host_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_mounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_mounts")),
        sa.UniqueConstraint("name", name=op.f("uq_host_mounts_name")),
    )
    op.create_table(
        "host_mount_usage",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("mount_id", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("available_mib", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_mount_usage_host_id")),
        sa.ForeignKeyConstraint(["mount_id"], ["host_mounts.id"], name=op.f("fk_host_mount_usage_mount_id")),
        sa.PrimaryKeyConstraint("host_id", "mount_id", "time", name=op.f("pk_host_mount_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_gpus",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("memory_total_bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_gpus_host_id")),
        sa.PrimaryKeyConstraint("host_id", "number", name=op.f("pk_host_gpus")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_gpu_usage",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("memory_used_mib", sa.Integer(), nullable=True),
        sa.Column("busy_tenths", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_gpu_usage_host_id")),
        sa.PrimaryKeyConstraint("host_id", "number", "time", name=op.f("pk_host_gpu_usage")),
        sqlite_with_rowid=False,
    )
