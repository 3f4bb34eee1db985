"""A few numbers of each kind of data, for a page that shows all kinds at once: sums kept while saving."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from usage_store.schema_backups import backup_nodes
from usage_store.schema_io import io_entries

DAY = 86400


@dataclass(frozen=True, slots=True)
class IoAtAGlance:
    """Of the day before the newest entry."""

    newest_time: int
    operations: int


@dataclass(frozen=True, slots=True)
class BackupsAtAGlance:
    hubs: int
    nodes: int
    newest_time: int


def io_at_a_glance(connection: Connection) -> IoAtAGlance | None:
    """None where no I/O was ever collected."""
    newest = connection.execute(select(func.max(io_entries.c.time))).scalar()
    if newest is None:
        return None
    total = select(func.sum(io_entries.c.total)).where(io_entries.c.time > newest - DAY)
    return IoAtAGlance(newest, int(connection.execute(total).scalar() or 0))


def backups_at_a_glance(connection: Connection) -> BackupsAtAGlance | None:
    """None where no node was ever listed."""
    query = select(
        func.count(backup_nodes.c.hub.distinct()), func.count(), func.max(backup_nodes.c.listed_at)
    )
    hubs, nodes, newest = connection.execute(query).one()
    return BackupsAtAGlance(hubs, nodes, newest) if nodes else None
