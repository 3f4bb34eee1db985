"""Tables of delivery: which sources a token may deliver, whose what is, and which batches arrived lately."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from usage_store.metadata import metadata

token_sources = Table(
    "token_sources",
    metadata,
    Column("token", ForeignKey("api_tokens.name", ondelete="CASCADE"), primary_key=True),
    Column("source", String(64), primary_key=True),
)

# The source that a host (kind "hosts", no part) or a hub's node (kind "backups") belongs to: see
# delivered_names.py.
delivered_names = Table(
    "delivered_names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("part", String(255), primary_key=True),
    Column("source", String(64), nullable=False),
)

# What was answered to each batch, by its key: a batch that comes again gets the same answer and is not
# saved again. The key belongs to the token, so that no agent can ask for another's.
delivered_batches = Table(
    "delivered_batches",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("received_at", Float, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Index("ix_delivered_batches_received_at", "received_at"),
)
