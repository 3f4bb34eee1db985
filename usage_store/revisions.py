"""One counter a topic that grows with every change: pages and caches compare it instead of the data."""

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.schema import revisions


def next_revision(connection: Connection, topic: str) -> int:
    """Count `topic` up within the caller's transaction, and return the new number."""
    statement = upsert(connection, revisions).values(topic=topic, value=1)
    statement = statement.on_conflict_do_update(
        index_elements=["topic"], set_={"value": revisions.c.value + 1}
    )
    return int(connection.execute(statement.returning(revisions.c.value)).scalar_one())


def current_revision(connection: Connection, topic: str) -> int:
    """0 when nothing was ever saved under `topic`."""
    return connection.execute(select(revisions.c.value).where(revisions.c.topic == topic)).scalar() or 0


def current_revisions(connection: Connection) -> dict[str, int]:
    """All counters; a topic under which nothing was ever saved is missing."""
    return {row.topic: row.value for row in connection.execute(select(revisions))}
