"""last visit of a dashboard"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("dashboard_states", sa.Column("last_visit_at", sa.Float(), nullable=True))
