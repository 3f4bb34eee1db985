"""Sources that usermon.toml names and that never ran: since when the overview waits for each."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from usage_store.schema import awaited_sources, collection_runs


def never_ran(connection: Connection, sources: Collection[str]) -> list[str]:
    """Of `sources` those of which no run is known, by name."""
    if not sources:
        return []
    query = select(collection_runs.c.source).where(collection_runs.c.source.in_(list(sources))).distinct()
    return sorted(set(sources) - set(connection.execute(query).scalars()))


def awaited_since(connection: Connection) -> dict[str, int]:
    """Epoch seconds by source."""
    query = select(awaited_sources.c.source, awaited_sources.c.since)
    return {row.source: row.since for row in connection.execute(query)}


def note_awaited(connection: Connection, sources: Collection[str], now: int) -> None:
    """These are waited for, those that were not yet from `now` on, and no others."""
    known = awaited_since(connection)
    over = [source for source in known if source not in sources]
    if over:
        connection.execute(awaited_sources.delete().where(awaited_sources.c.source.in_(over)))
    new = [{"source": source, "since": now} for source in sources if source not in known]
    if new:
        connection.execute(awaited_sources.insert(), new)
