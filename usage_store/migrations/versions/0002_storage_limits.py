"""the grace of limits"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("storage_latest", sa.Column("bytes_grace", sa.String(length=32), nullable=True))
    op.add_column("storage_latest", sa.Column("files_grace", sa.String(length=32), nullable=True))
