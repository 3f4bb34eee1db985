"""Tables of backups: the tarballs of each hub on each node."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from usage_store.metadata import metadata

# One row a hub and node: its newest listing, and what the admin allows there.
backup_nodes = Table(
    "backup_nodes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hub", String(255), nullable=False),
    Column("node", String(255), nullable=False),
    Column("listed_at", BigInteger, nullable=False),
    Column("max_age_seconds", BigInteger),
    UniqueConstraint("hub", "node"),
)

backup_items = Table(
    "backup_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", ForeignKey("backup_nodes.id"), nullable=False),
    Column("name", String(255), nullable=False),
    UniqueConstraint("node_id", "name"),
)

# A tarball that is no longer listed was removed by rotation: it was a backup, and stays in its series. The
# digest stands for the path in the key: two tarballs of one item may have one moment, and paths may be long.
backup_tarballs = Table(
    "backup_tarballs",
    metadata,
    Column("item_id", ForeignKey("backup_items.id"), primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("path_digest", String(32), primary_key=True),
    Column("path", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("is_listed", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
