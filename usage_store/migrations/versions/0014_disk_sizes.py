"""how large disks of hosts are"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "host_disk_sizes",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("mount", sa.String(length=255), nullable=False),
        sa.Column("size_mib", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_host_disk_sizes_host_id")),
        sa.PrimaryKeyConstraint("host_id", "mount", name=op.f("pk_host_disk_sizes")),
        sqlite_with_rowid=False,
    )
