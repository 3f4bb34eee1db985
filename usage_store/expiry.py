"""What of each kind is too old, and how it goes: each function gives the small transactions to run.

Names, sums and what stands now stay, so that neither lists nor totals change by it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Delete, Table, bindparam, exists, func, select

from usage_store import host_hours
from usage_store.retention import DAY_SECONDS
from usage_store.schema import storage_latest, storage_samples
from usage_store.schema_alerts import alert_messages, alerts
from usage_store.schema_backups import backup_tarballs
from usage_store.schema_hosts import host_usage, hosts
from usage_store.schema_io import io_entries, io_operations, io_sessions
from usage_store.schema_queues import cluster_history, clusters, finished_jobs
from usage_store.schema_rollups import host_hours as hours

# One small transaction; how many rows became coarser, and how many went.
Portion: TypeAlias = Callable[[Connection], tuple[int, int]]

_HOSTS_AT_ONCE = 50
_SERIES_AT_ONCE = 500
_ENTRIES_AT_ONCE = 100
_ALERTS_AT_ONCE = 1_000
_DAYS_AT_ONCE = 30
_HOUR_SECONDS = 3600


def old_hosts(connection: Connection, before: int) -> Iterator[Portion]:
    """Hours, and minutes, of hosts."""
    oldest = func.coalesce(_oldest(hours, hosts), _oldest(host_usage, hosts))
    due = list(connection.execute(select(hosts.c.id).where(oldest < before)).scalars())
    for part in _parts(due, _HOSTS_AT_ONCE):
        yield partial(_forget_hosts, part, before)


def _oldest(table: Table, of: Table) -> ColumnElement[int]:
    return select(func.min(table.c.time)).where(table.c.host_id == of.c.id).scalar_subquery()


def _forget_hosts(host_ids: Sequence[int], before: int, connection: Connection) -> tuple[int, int]:
    return 0, sum(host_hours.forget_hours(connection, host_id, before) for host_id in host_ids)


def old_storage(connection: Connection, before: int) -> Iterator[Portion]:
    """Samples; the newest of a series stays, since it is what stands now."""
    same_series = (
        storage_samples.c.user_id == storage_latest.c.user_id,
        storage_samples.c.volume_id == storage_latest.c.volume_id,
    )
    oldest = select(func.min(storage_samples.c.time)).where(*same_series).scalar_subquery()
    query = select(storage_latest.c.user_id, storage_latest.c.volume_id, storage_latest.c.time)
    due = [
        {"of_user": user_id, "of_volume": volume_id, "end": min(before, newest)}
        for user_id, volume_id, newest in connection.execute(
            query.where(oldest < before, oldest < storage_latest.c.time)
        )
    ]
    for part in _parts(due, _SERIES_AT_ONCE):
        yield partial(_drop, _OLD_SAMPLES, part)


_OLD_SAMPLES = storage_samples.delete().where(
    storage_samples.c.user_id == bindparam("of_user"),
    storage_samples.c.volume_id == bindparam("of_volume"),
    storage_samples.c.time < bindparam("end"),
)


def thin_queues(connection: Connection, before: int) -> Iterator[Portion]:
    """Of the sums of a cluster's older polls, the last of each hour stays."""
    for cluster_id, start in _starts(connection, cluster_history, cluster_history.c.time, before):
        for first in range(start, before, _DAYS_AT_ONCE * DAY_SECONDS):
            span = {
                "of_cluster": cluster_id,
                "start": first,
                "end": min(first + _DAYS_AT_ONCE * DAY_SECONDS, before),
            }
            yield partial(_thin, _EARLIER_IN_HOUR, span)


_LATER = cluster_history.alias("later")
_NEXT_HOUR = (cluster_history.c.time // _HOUR_SECONDS + 1) * _HOUR_SECONDS
_EARLIER_IN_HOUR = cluster_history.delete().where(
    cluster_history.c.cluster_id == bindparam("of_cluster"),
    cluster_history.c.time >= bindparam("start"),
    cluster_history.c.time < bindparam("end"),
    exists().where(
        _LATER.c.cluster_id == bindparam("of_cluster"),
        _LATER.c.time > cluster_history.c.time,
        _LATER.c.time < _NEXT_HOUR,
    ),
)


def old_queues(connection: Connection, before: int) -> Iterator[Portion]:
    """Sums of polls, and jobs that ended; what each day summed up to stays."""
    for table, time in (
        (cluster_history, cluster_history.c.time),
        (finished_jobs, finished_jobs.c.counted_at),
    ):
        for cluster_id, start in _starts(connection, table, time, before):
            for first in range(start, before, _DAYS_AT_ONCE * DAY_SECONDS):
                end = min(first + _DAYS_AT_ONCE * DAY_SECONDS, before)
                gone = table.delete().where(table.c.cluster_id == cluster_id, time >= first, time < end)
                yield partial(_drop, gone, None)


def old_alerts(connection: Connection, before: int) -> Iterator[Portion]:
    """Those that ended, with whom they were told; and what digests to nobody's alert are left."""
    due = list(connection.execute(select(alerts.c.id).where(alerts.c.ended_at < before)).scalars())
    for part in _parts(due, _ALERTS_AT_ONCE):
        yield partial(_forget_alerts, part, before)


def _forget_alerts(numbers: Sequence[int], before: int, connection: Connection) -> tuple[int, int]:
    connection.execute(alert_messages.delete().where(alert_messages.c.alert_id.in_(numbers)))
    told = alert_messages.alias("told")
    connection.execute(
        alert_messages.delete().where(
            alert_messages.c.alert_id.is_(None),
            alert_messages.c.created_at < before,
            ~exists().where(told.c.digest_id == alert_messages.c.id),
        )
    )
    return 0, connection.execute(alerts.delete().where(alerts.c.id.in_(numbers))).rowcount


def _starts(
    connection: Connection, table: Table, time: ColumnElement[int], before: int
) -> list[tuple[int, int]]:
    """Each cluster with the oldest time of it in `table`, where that is before `before`."""
    oldest = select(func.min(time)).where(table.c.cluster_id == clusters.c.id).scalar_subquery()
    query = select(clusters.c.id, oldest.label("oldest")).where(oldest < before)
    return [(row.id, row.oldest) for row in connection.execute(query)]


def old_io(connection: Connection, before: int) -> Iterator[Portion]:
    """Sessions and their operations. Entries stay, so that an old log read again is known."""
    has_sessions = exists().where(io_sessions.c.entry_id == io_entries.c.id)
    query = select(io_entries.c.id).where(io_entries.c.time < before, has_sessions)
    due = list(connection.execute(query.order_by(io_entries.c.time)).scalars())
    for part in _parts(due, _ENTRIES_AT_ONCE):
        yield partial(_forget_entries, part)


def _forget_entries(entry_ids: Sequence[int], connection: Connection) -> tuple[int, int]:
    of_these = select(io_sessions.c.number).where(io_sessions.c.entry_id.in_(entry_ids))
    operations = connection.execute(io_operations.delete().where(io_operations.c.session.in_(of_these)))
    sessions = connection.execute(io_sessions.delete().where(io_sessions.c.entry_id.in_(entry_ids)))
    return 0, operations.rowcount + sessions.rowcount


def old_backups(connection: Connection, before: int) -> Iterator[Portion]:
    """Tarballs that rotation removed long ago."""
    gone = (~backup_tarballs.c.is_listed, backup_tarballs.c.time < before)
    due = list(connection.execute(select(backup_tarballs.c.item_id).where(*gone).distinct()).scalars())
    for part in _parts(due, _SERIES_AT_ONCE):
        yield partial(_drop, backup_tarballs.delete().where(*gone, backup_tarballs.c.item_id.in_(part)), None)


def _drop(
    statement: Delete, parameters: list[dict[str, Any]] | None, connection: Connection
) -> tuple[int, int]:
    # The databases count what went, of many parameters too.
    options = {"preserve_rowcount": True}
    return 0, connection.execute(statement, parameters, execution_options=options).rowcount


def _thin(statement: Delete, parameters: dict[str, int], connection: Connection) -> tuple[int, int]:
    return connection.execute(statement, parameters).rowcount, 0


def _parts(due: list[Any], size: int) -> Iterator[list[Any]]:
    yield from (due[start : start + size] for start in range(0, len(due), size))
