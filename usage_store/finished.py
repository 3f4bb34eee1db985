"""Asking for jobs that ended: which, and what they come to for each user."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from usage_store.paging import Page, Window
from usage_store.queues import Cluster
from usage_store.retention import DAY_SECONDS
from usage_store.schema import users
from usage_store.schema_queues import finished_jobs, finished_sums

_FIELDS = (
    *("job_id", "queue", "state", "submitted", "started", "ended", "elapsed_seconds", "processors", "gpus"),
    *("nodes", "memory_bytes", "exit_code"),
)
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class FinishedFilter:
    """Jobs that ended within `start` and `end` (the first second after), and fit what is not None."""

    start: int | None = None
    end: int | None = None
    user: str | None = None
    state: str | None = None
    queue: str | None = None
    job_id: str | None = None


def finished_page(connection: Connection, cluster: Cluster, wanted: FinishedFilter, window: Window) -> Page:
    """The newest first, each with `cpu_hours` and `gpu_hours`."""
    table = finished_jobs.c
    conditions = [*_ended(table, cluster, wanted.start, wanted.end)]
    if wanted.user is not None:
        conditions.append(table.user_id == _id_of(wanted.user))
    if wanted.state is not None:
        conditions.append(table.state == wanted.state)
    if wanted.queue is not None:
        conditions.append(table.queue == wanted.queue)
    if wanted.job_id is not None:
        conditions.append(table.job_id == wanted.job_id)
    query = (
        select(*(table[name] for name in _FIELDS), users.c.name.label("user"))
        .join(users, users.c.id == table.user_id)
        .where(*conditions)
        .order_by(table.counted_at.desc(), table.job_id, table.submitted)
    )
    found = connection.execute(query.limit(window.limit).offset(window.offset)).mappings()
    rows = [_with_hours(row) for row in found]
    if (rows or not window.offset) and len(rows) < window.limit:
        return Page(rows, window.offset + len(rows))
    count = select(func.count()).select_from(finished_jobs).where(*conditions)
    return Page(rows, int(connection.execute(count).scalar_one()))


def _with_hours(row: RowMapping) -> dict[str, Any]:
    job = dict(row)
    job["submitted"] = job["submitted"] or None  # 0: not known
    job["cpu_hours"] = job["processors"] * job["elapsed_seconds"] / _HOUR
    job["gpu_hours"] = job["gpus"] * job["elapsed_seconds"] / _HOUR
    return job


def sums_of_finished(
    connection: Connection, cluster: Cluster, wanted: FinishedFilter
) -> list[dict[str, Any]]:
    """`user`, `jobs`, `cpu_hours`, `gpu_hours`, by user; whole days from their sums, the hours of the first
    and last day from the jobs themselves. State, queue and id do not count here."""
    found: dict[str, list[int]] = {}
    for query in _parts(cluster, wanted.start, wanted.end):
        if wanted.user is not None:
            query = query.where(users.c.name == wanted.user)
        for user, *amounts in connection.execute(query):
            so_far = found.setdefault(user, [0, 0, 0])
            for i, amount in enumerate(amounts):
                so_far[i] += int(amount)
    return [
        {"user": user, "jobs": jobs, "cpu_hours": cpu / _HOUR, "gpu_hours": gpu / _HOUR}
        for user, (jobs, cpu, gpu) in sorted(found.items())
    ]


def _parts(cluster: Cluster, start: int | None, end: int | None) -> list[Select[Any]]:
    first = None if start is None else -(-start // DAY_SECONDS) * DAY_SECONDS
    last = None if end is None else end // DAY_SECONDS * DAY_SECONDS
    if first is not None and last is not None and first >= last:
        return [_sum_of_jobs(cluster, start, end)]
    parts = [_sum_of_days(cluster, first, last)]
    if start is not None and start != first:
        parts.append(_sum_of_jobs(cluster, start, first))
    if end is not None and end != last:
        parts.append(_sum_of_jobs(cluster, last, end))
    return parts


def _sum_of_days(cluster: Cluster, first: int | None, last: int | None) -> Select[Any]:
    table = finished_sums.c
    conditions: list[ColumnElement[bool]] = [table.cluster_id == cluster.id]
    if first is not None:
        conditions.append(table.day >= first)
    if last is not None:
        conditions.append(table.day < last)
    amounts = (func.sum(table[name]) for name in ("jobs", "cpu_seconds", "gpu_seconds"))
    query = select(users.c.name, *amounts).join(users, users.c.id == table.user_id)
    return query.where(*conditions).group_by(users.c.name)


def _sum_of_jobs(cluster: Cluster, start: int | None, end: int | None) -> Select[Any]:
    table = finished_jobs.c
    amounts = (
        func.count(),
        func.sum(table.processors * table.elapsed_seconds),
        func.sum(table.gpus * table.elapsed_seconds),
    )
    query = select(users.c.name, *amounts).join(users, users.c.id == table.user_id)
    return query.where(*_ended(table, cluster, start, end)).group_by(users.c.name)


def _ended(table: Any, cluster: Cluster, start: int | None, end: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [table.cluster_id == cluster.id]
    if start is not None:
        conditions.append(table.counted_at >= start)
    if end is not None:
        conditions.append(table.counted_at < end)
    return conditions


def _id_of(user: str) -> Any:
    return select(users.c.id).where(users.c.name == user).scalar_subquery()
