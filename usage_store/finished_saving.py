"""Saving jobs that ended, and their sums by day and user."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, tuple_

from usage_store.engine import upsert
from usage_store.finished_dropped import dropped_jobs
from usage_store.retention import DAY_SECONDS
from usage_store.schema_queues import finished_jobs, finished_sums
from usermon.queue_records import FinishedJob

Row = dict[str, Any]
Key = tuple[str, int]  # job id and when it was submitted
Fields = tuple[Any, ...]  # what stands of a job, in the order of _OTHERS
Sums = dict[tuple[int, int], list[int]]  # by day and user: jobs, CPU seconds, GPU seconds

_JOBS_AT_ONCE = 5_000
_KEYS = ("cluster_id", "job_id", "submitted")
_OTHERS = [column.name for column in finished_jobs.c if column.name not in _KEYS]


def save_finished(
    connection: Connection, cluster_id: int, user_ids: Mapping[str, int], jobs: Sequence[FinishedJob]
) -> tuple[int, set[int]]:
    """How many of `jobs` were new, or are told otherwise now, and whose (ids). Of two for one job the later
    given stands."""
    rows = {(job.job_id, job.submitted or 0): _row(job, cluster_id, user_ids) for job in jobs}
    keys = list(rows)
    stood: dict[Key, Fields] = {}
    for start in range(0, len(keys), _JOBS_AT_ONCE):
        stood |= _stored(
            connection, cluster_id, {job_id for job_id, _ in keys[start : start + _JOBS_AT_ONCE]}
        )
    fresh = {key: row for key, row in rows.items() if stood.get(key) != tuple(row[n] for n in _OTHERS)}
    _leave_out_dropped(connection, cluster_id, fresh, stood)
    touched = set[int]()
    changed = list(fresh.items())
    for start in range(0, len(changed), _JOBS_AT_ONCE):
        _save_part(connection, cluster_id, dict(changed[start : start + _JOBS_AT_ONCE]), stood, touched)
    return len(fresh), touched


def _leave_out_dropped(
    connection: Connection, cluster_id: int, fresh: dict[Key, Row], stood: Mapping[Key, Fields]
) -> None:
    """Of `fresh`: what an old log tells once more, after its jobs were counted and retention dropped them."""
    unknown = [key for key in fresh if key not in stood]
    dropped = dropped_jobs(connection, cluster_id, (fresh[key]["counted_at"] for key in unknown))
    for key in unknown if dropped else ():
        counts_as = _day_of(fresh[key]), fresh[key]["user_id"]
        if dropped[counts_as] > 0:
            dropped[counts_as] -= 1
            del fresh[key]


def _row(job: FinishedJob, cluster_id: int, user_ids: Mapping[str, int]) -> Row:
    counted_at = job.ended or (job.started and job.started + job.elapsed_seconds) or job.submitted or 0
    row: Row = {name: getattr(job, name) for name in _OTHERS if name not in ("user_id", "counted_at")}
    return row | {
        "cluster_id": cluster_id,
        "job_id": job.job_id,
        "submitted": job.submitted or 0,
        "counted_at": counted_at,
        "user_id": user_ids[job.user],
    }


def _save_part(
    connection: Connection,
    cluster_id: int,
    fresh: Mapping[Key, Row],
    stood: Mapping[Key, Fields],
    touched: set[int],
) -> None:
    sums: Sums = {}
    for key, row in fresh.items():
        if key in stood:
            before = dict(zip(_OTHERS, stood[key], strict=True))
            _count(sums, before, -1)
            touched.add(before["user_id"])
        _count(sums, row, 1)
        touched.add(row["user_id"])
    statement = upsert(connection, finished_jobs)
    statement = statement.on_conflict_do_update(
        index_elements=list(_KEYS), set_={name: statement.excluded[name] for name in _OTHERS}
    )
    connection.execute(statement, list(fresh.values()))
    _add(connection, cluster_id, sums)


def _stored(connection: Connection, cluster_id: int, job_ids: set[str]) -> dict[Key, Fields]:
    table = finished_jobs.c
    query = select(table.job_id, table.submitted, *(table[name] for name in _OTHERS)).where(
        table.cluster_id == cluster_id, table.job_id.in_(sorted(job_ids))
    )
    return {(row[0], row[1]): tuple(row[2:]) for row in connection.execute(query)}


def _count(sums: Sums, row: Mapping[str, Any], times: int) -> None:
    so_far = sums.setdefault((_day_of(row), row["user_id"]), [0, 0, 0])
    so_far[0] += times
    so_far[1] += times * row["processors"] * row["elapsed_seconds"]
    so_far[2] += times * row["gpus"] * row["elapsed_seconds"]


def _day_of(row: Mapping[str, Any]) -> int:
    counted_at: int = row["counted_at"]
    return counted_at // DAY_SECONDS * DAY_SECONDS


def _add(connection: Connection, cluster_id: int, sums: Sums) -> None:
    statement = upsert(connection, finished_sums)
    names = ("jobs", "cpu_seconds", "gpu_seconds")
    statement = statement.on_conflict_do_update(
        index_elements=["cluster_id", "day", "user_id"],
        set_={name: finished_sums.c[name] + statement.excluded[name] for name in names},
    )
    rows = [
        {"cluster_id": cluster_id, "day": day, "user_id": user_id, **dict(zip(names, amounts, strict=True))}
        for (day, user_id), amounts in sums.items()
        if any(amounts)
    ]
    if rows:
        connection.execute(statement, rows)
    # A job that counts elsewhere now may leave a day or a user with none.
    emptied = [key for key, amounts in sums.items() if amounts[0] < 0]
    if emptied:
        zero = finished_sums.delete().where(
            finished_sums.c.cluster_id == cluster_id,
            finished_sums.c.jobs == 0,
            tuple_(finished_sums.c.day, finished_sums.c.user_id).in_(emptied),
        )
        connection.execute(zero)
