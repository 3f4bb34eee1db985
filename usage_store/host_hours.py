"""Minutes of hosts become hours when they are old, a host and a few days at a time."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Integer, Table, cast, func, select

from usage_store.engine import upsert
from usage_store.retention import DAY_SECONDS, Span
from usage_store.schema_hosts import host_gpu_usage, host_mount_usage, host_usage, hosts
from usage_store.schema_rollups import host_gpu_hours, host_hours, host_mount_hours, host_rollups

HOUR_SECONDS = 3600
# Rolled up together, so that other writers wait no second: some ten thousand minutes.
_DAYS_AT_ONCE = 7
_TABLES = ((host_usage, host_hours), (host_mount_usage, host_mount_hours), (host_gpu_usage, host_gpu_hours))

SampleKey = tuple[int, int]  # host and time


class OldMinutes(NamedTuple):
    """Minutes of one host that are due to become hours."""

    host_id: int
    span: Span


def old_minutes(connection: Connection, kept_seconds: int, now: int) -> list[OldMinutes]:
    """What is due of each host, whole days (UTC).

    Age counts from the host's own newest sample: a history that ended stays as it was. A sample from the
    future ages no other.
    """
    first = select(func.min(host_usage.c.time)).where(host_usage.c.host_id == hosts.c.id).scalar_subquery()
    found = []
    query = select(hosts.c.id, hosts.c.newest_time, first).where(hosts.c.newest_time.is_not(None))
    for host_id, newest, oldest in connection.execute(query.order_by(hosts.c.id)):
        end = (min(newest, now) - kept_seconds) // DAY_SECONDS * DAY_SECONDS
        if oldest is not None and oldest < end:
            found.append(OldMinutes(host_id, Span(oldest, end)))
    return found


def portions(due: OldMinutes) -> list[OldMinutes]:
    """`due` in parts for one transaction each, the oldest first."""
    days = _DAYS_AT_ONCE * DAY_SECONDS
    first = due.span.start // DAY_SECONDS * DAY_SECONDS
    return [
        OldMinutes(due.host_id, Span(start, min(start + days, due.span.end)))
        for start in range(first, due.span.end, days)
    ]


def roll_up(connection: Connection, due: OldMinutes) -> int:
    """Make hours of these minutes; how many samples they were.

    An hour that stands already stays as it is: what came for it so late is dropped.
    """
    samples = [_roll_up_table(connection, minutes, hours, due) for minutes, hours in _TABLES]
    statement = upsert(connection, host_rollups).values(host_id=due.host_id, minutes_from=due.span.end)
    later = {"minutes_from": statement.excluded.minutes_from}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["host_id"],
            set_=later,
            where=host_rollups.c.minutes_from < statement.excluded.minutes_from,
        )
    )
    return samples[0]


def _roll_up_table(connection: Connection, minutes: Table, hours: Table, due: OldMinutes) -> int:
    keys = [column.name for column in minutes.primary_key if column.name != "time"]
    means = [column.name for column in minutes.columns if column.name not in (*keys, "time")]
    hour = minutes.c.time - minutes.c.time % HOUR_SECONDS
    due_rows = (
        minutes.c.host_id == due.host_id,
        minutes.c.time >= due.span.start,
        minutes.c.time < due.span.end,
    )
    dated = select(minutes, hour.label("hour")).where(*due_rows).subquery()
    by_hour = [*(dated.c[name] for name in keys), dated.c.hour]
    rolled = (
        select(
            *by_hour, *(cast(func.round(func.avg(dated.c[name])), Integer) for name in means), func.count()
        )
        .group_by(*by_hour)
        # SQLite would read ON CONFLICT as part of a join otherwise.
        .where(dated.c.hour >= 0)
    )
    statement = upsert(connection, hours).from_select([*keys, "time", *means, "samples"], rolled)
    connection.execute(statement.on_conflict_do_nothing())
    return connection.execute(minutes.delete().where(*due_rows)).rowcount


def rolled_up(connection: Connection, keys: Collection[SampleKey]) -> set[SampleKey]:
    """Those of `keys` whose hour stands already: they are part of it, or came too late to be."""
    earliest: dict[int, int] = {}
    for host_id, time in keys:
        earliest[host_id] = min(time, earliest.get(host_id, time))
    old = {
        host_id: earliest[host_id]
        for host_id, minutes_from in _minutes_from(connection, sorted(earliest)).items()
        if earliest[host_id] < minutes_from
    }
    if not old:
        return set()
    first = min(old.values()) // HOUR_SECONDS * HOUR_SECONDS
    query = select(host_hours.c.host_id, host_hours.c.time).where(
        host_hours.c.host_id.in_(old), host_hours.c.time >= first
    )
    hours = {(host_id, time) for host_id, time in connection.execute(query)}
    return {(host_id, time) for host_id, time in keys if (host_id, time - time % HOUR_SECONDS) in hours}


def _minutes_from(connection: Connection, host_ids: Sequence[int]) -> dict[int, int]:
    query = select(host_rollups.c.host_id, host_rollups.c.minutes_from)
    return {
        row.host_id: row.minutes_from
        for row in connection.execute(query.where(host_rollups.c.host_id.in_(host_ids)))
    }


def forget_hours(connection: Connection, host_id: int, before: int) -> int:
    """Drop a host's hours, and minutes, older than `before`; how many rows that were."""
    dropped = 0
    for table in (table for pair in _TABLES for table in pair):
        gone = table.delete().where(table.c.host_id == host_id, table.c.time < before)
        dropped += connection.execute(gone).rowcount
    return dropped
