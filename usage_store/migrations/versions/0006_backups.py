"""backups"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "backup_nodes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hub", sa.String(length=255), nullable=False),
        sa.Column("node", sa.String(length=255), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sa.Column("max_age_seconds", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_nodes")),
        sa.UniqueConstraint("hub", "node", name=op.f("uq_backup_nodes_hub")),
    )
    op.create_table(
        "backup_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["backup_nodes.id"], name=op.f("fk_backup_items_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_items")),
        sa.UniqueConstraint("node_id", "name", name=op.f("uq_backup_items_node_id")),
    )
    op.create_table(
        "backup_tarballs",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("path_digest", sa.String(length=32), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backup_items.id"], name=op.f("fk_backup_tarballs_item_id")),
        sa.PrimaryKeyConstraint("item_id", "time", "path_digest", name=op.f("pk_backup_tarballs")),
        sqlite_with_rowid=False,
    )
