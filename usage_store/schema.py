"""All tables. Times are UTC epoch seconds, amounts bytes; names stand once and are referred to by id."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from usage_store import (
    schema_alerts,
    schema_backups,
    schema_delivery,
    schema_hosts,
    schema_io,
    schema_queues,
    schema_rollups,
)
from usage_store.metadata import BigId, metadata

# Tables of one kind stand in a file of their own; whoever opens the store knows them all.
__all__ = [
    "metadata",
    "schema_alerts",
    "schema_backups",
    "schema_delivery",
    "schema_hosts",
    "schema_io",
    "schema_queues",
    "schema_rollups",
]

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)

volumes = Table(
    "volumes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)

# Rows lie in the order in which they are asked for: one user's one volume through time.
storage_samples = Table(
    "storage_samples",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("volume_id", ForeignKey("volumes.id"), primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("used_bytes", BigInteger, nullable=False),
    Column("files", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The newest sample of each series, with what the overview asks for first; what stood a week and a month
# before it is kept here too, since 10 000 users' answers to that question take seconds. `first_time` is that
# of the first sample ever, gone or not. `revision` grows with every change of the series, so that publishing
# knows what is due.
storage_latest = Table(
    "storage_latest",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("volume_id", ForeignKey("volumes.id"), primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("used_bytes", BigInteger, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("soft_limit_bytes", BigInteger),
    Column("hard_limit_bytes", BigInteger),
    Column("soft_limit_files", BigInteger),
    Column("hard_limit_files", BigInteger),
    Column("bytes_grace", String(32)),
    Column("files_grace", String(32)),
    Column("week_ago_bytes", BigInteger),
    Column("week_ago_files", BigInteger),
    Column("month_ago_bytes", BigInteger),
    Column("month_ago_files", BigInteger),
    Column("first_time", BigInteger),
    Column("revision", BigInteger, nullable=False),
)

# Which revision of a user's data their published file of a kind holds, with what around it (a digest), and
# when it was written.
publications = Table(
    "publications",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("presentation", String(64), nullable=False),
    Column("time", BigInteger, nullable=False),
)

# At which revision of a kind ("io", "queues") a user's data changed last: of thousands, few do at once.
user_revisions = Table(
    "user_revisions",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# One counter a topic ("storage", "dashboards", "collection"): what a page was drawn from, for ETags.
revisions = Table(
    "revisions",
    metadata,
    Column("topic", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

collection_runs = Table(
    "collection_runs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("collector", String(32), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("finished_at", Float, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("error", Text),
    Column("remedy", Text),
    Index("ix_collection_runs_source_started_at", "source", "started_at"),
)

# The rejected lines that stand now, a file at a time: mended lines disappear with the next read.
rejected_lines = Table(
    "rejected_lines",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
)

# Of files with more of them than are kept: how many are not.
rejected_beyond = Table(
    "rejected_beyond",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("lines", BigInteger, nullable=False),
)

# Sources of usermon.toml of which no run is known, since when the overview waits for one.
awaited_sources = Table(
    "awaited_sources",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("since", BigInteger, nullable=False),
)

# How far each file was read, so that the next pass reads only what was appended.
source_files = Table(
    "source_files",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("read_bytes", BigInteger, nullable=False),
    Column("read_lines", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("last_time", BigInteger),
)

# The ledger: a user's port stays theirs, whatever the lists say tomorrow. Passwords are not here; their
# hashes are files in the state folder.
dashboards = Table(
    "dashboards",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("port", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("lists", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("port"),
)

# What runs, as the orchestrator last saw it.
dashboard_states = Table(
    "dashboard_states",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("image", Text),
    Column("node", String(255)),
    Column("container", String(255)),
    Column("started_at", Float),
    Column("memory_bytes", BigInteger),
    Column("error", Text),
    Column("seen_at", Float, nullable=False),
    Column("last_visit_at", Float),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("scope", String(16), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
)
