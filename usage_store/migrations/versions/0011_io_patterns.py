"""patterns of I/O"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Fill in place."""
