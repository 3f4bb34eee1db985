"""retention and rollups"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "host_rollups",
        sa.Column("host_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minutes_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_rollups_host_id")),
        sa.PrimaryKeyConstraint("host_id", name=op.f("pk_host_rollups")),
    )
    op.create_table(
        "host_hours",
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
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_hours_host_id")),
        sa.PrimaryKeyConstraint("host_id", "time", name=op.f("pk_host_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_mount_hours",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("mount_id", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("available_mib", sa.BigInteger(), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_mount_hours_host_id")),
        sa.ForeignKeyConstraint(["mount_id"], ["host_mounts.id"], name=op.f("fk_host_mount_hours_mount_id")),
        sa.PrimaryKeyConstraint("host_id", "mount_id", "time", name=op.f("pk_host_mount_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "host_gpu_hours",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("memory_used_mib", sa.Integer(), nullable=True),
        sa.Column("busy_tenths", sa.SmallInteger(), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_gpu_hours_host_id")),
        sa.PrimaryKeyConstraint("host_id", "number", "time", name=op.f("pk_host_gpu_hours")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("host_usage", "host_mount_usage", "host_gpu_usage"):
            op.create_index(op.f(f"ix_{table}_time"), table, ["time"], postgresql_using="brin")
