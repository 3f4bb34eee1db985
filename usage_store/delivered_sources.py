"""Which sources agents deliver: those that a token may, and of which there is anything."""

from sqlalchemy import Connection, exists, select

from usage_store.schema_delivery import token_sources
from usage_store.schema_io import io_entries
from usage_store.schema_queues import clusters


def delivered_sources(connection: Connection, kind: str) -> set[str]:
    """Of `kind` "io" or "queues"."""
    named = {"io": io_entries.c.source, "queues": clusters.c.name}[kind]
    has_any = exists().where(named == token_sources.c.source)
    return set(connection.execute(select(token_sources.c.source).where(has_any).distinct()).scalars())
