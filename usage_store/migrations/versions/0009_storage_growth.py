"""growth of storage"""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Fill in place."""
