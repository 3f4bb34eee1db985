"""delivery from agents"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "token_sources",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["token"], ["api_tokens.name"], name=op.f("fk_token_sources_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", "source", name=op.f("pk_token_sources")),
    )
    op.create_table(
        "delivered_names",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("part", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "part", name=op.f("pk_delivered_names")),
    )
    op.create_table(
        "delivered_batches",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", "key", name=op.f("pk_delivered_batches")),
    )
    op.create_index("ix_delivered_batches_received_at", "delivered_batches", ["received_at"], unique=False)
