"""The logs of I/O: how new each is, and how often it got an entry."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from usage_store.schema_io import io_entries

_ENTRIES_FOR_RHYTHM = 25


@dataclass(frozen=True, slots=True)
class IoSource:
    """`newest` is its newest entry (epoch seconds), `every` the usual distance of its last ones in seconds;
    None while there is only one."""

    name: str
    newest: int
    every: int | None


def io_sources(connection: Connection) -> list[IoSource]:
    """Each source of I/O logs, the one that was silent longest first."""
    newest = func.max(io_entries.c.time).label("newest")
    query = select(io_entries.c.source, newest).group_by(io_entries.c.source)
    rows = connection.execute(query.order_by(newest, io_entries.c.source)).all()
    return [IoSource(name, time, _rhythm(connection, name)) for name, time in rows]


class Silence(NamedTuple):
    """Logs that got no entry since `since` (epoch seconds): all that there are, or one of them."""

    since: int
    of_all: bool


def silence_of_logs(connection: Connection, now: float, at_least: int) -> Silence | None:
    """None while every log got one within three times its own rhythm, or within `at_least` seconds."""
    sources = io_sources(connection)
    silent = [
        source
        for source in sources
        if source.every is not None and now - source.newest > max(3 * source.every, at_least)
    ]
    if not silent:
        return None
    of_all = len(silent) == len(sources)
    return Silence(silent[-1 if of_all else 0].newest, of_all)


def _rhythm(connection: Connection, source: str) -> int | None:
    query = select(io_entries.c.time).where(io_entries.c.source == source)
    query = query.order_by(io_entries.c.time.desc()).limit(_ENTRIES_FOR_RHYTHM)
    times = list(connection.execute(query).scalars())
    distances = [later - earlier for later, earlier in pairwise(times)]
    return round(median(distances)) if distances else None
