"""All that is shown to one user of their own jobs, on all clusters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from usage_store.cluster_counts import RUNNING
from usage_store.medians import MONTH_DAYS
from usage_store.queues import Cluster
from usage_store.retention import DAY_SECONDS
from usage_store.schema import users
from usage_store.schema_queues import cluster_jobs, finished_jobs, finished_sums

_CURRENT = (
    *("job_id", "name", "queue", "status", "processors", "gpus", "n_nodes", "submitted", "started", "error"),
)
_ENDED = (
    *("job_id", "queue", "state", "processors", "gpus", "submitted", "started", "ended", "elapsed_seconds"),
    "exit_code",
)


@dataclass(frozen=True, slots=True)
class JobsReach:
    """How many jobs, and how far back sums go; `newest_day` is the newest on which anybody's job ended, as
    its first second."""

    newest_day: int
    current: int
    finished: int
    weeks: int
    months: int


class Sum(NamedTuple):
    """Of the jobs that ended from `start` (epoch seconds) on, until the next one."""

    start: int
    jobs: int
    cpu_hours: float
    gpu_hours: float


@dataclass(frozen=True, slots=True)
class UserJobs:
    """Rows have the fields of the tables, and `cluster`. `current` are running ones, then waiting ones;
    `finished` are the newest first."""

    current: list[dict[str, Any]]
    more_current: int
    finished: list[dict[str, Any]]
    more_finished: int
    weeks: list[Sum]
    months: list[Sum]
    month: Sum


def jobs_of_user(connection: Connection, user: str, known: list[Cluster], reach: JobsReach) -> UserJobs:
    """On the clusters `known`; also of somebody who never had a job."""
    user_id = connection.execute(select(users.c.id).where(users.c.name == user)).scalar()
    if user_id is None:
        return UserJobs([], 0, [], 0, [], [], Sum(0, 0, 0, 0))
    names = {cluster.id: cluster.name for cluster in known}
    current, count = _current(connection, user_id, names, reach.current)
    finished = _finished(connection, user_id, names, reach.finished)
    days = _days(connection, user_id)
    ended = sum(jobs for _, jobs, _, _ in days)
    return UserJobs(
        current=current,
        more_current=count - len(current),
        finished=finished,
        more_finished=max(0, ended - len(finished)),
        weeks=_spans(days, _monday, reach.newest_day - (reach.weeks - 1) * 7 * DAY_SECONDS),
        months=_spans(days, _first_of_month, _months_before(reach.newest_day, reach.months - 1)),
        month=_sum(0, [day for day in days if day[0] > reach.newest_day - MONTH_DAYS * DAY_SECONDS]),
    )


def users_with_jobs(connection: Connection) -> set[str]:
    """Those of whom anything runs or waits."""
    ids = select(cluster_jobs.c.user_id).distinct()
    return set(connection.execute(select(users.c.name).where(users.c.id.in_(ids))).scalars())


def _current(
    connection: Connection, user_id: int, names: dict[int, str], most: int
) -> tuple[list[dict[str, Any]], int]:
    table = cluster_jobs.c
    theirs = (table.cluster_id.in_(names), table.user_id == user_id)
    running_first = case((table.status.in_(sorted(RUNNING)), 0), else_=1)
    query = select(table.cluster_id, *(table[name] for name in _CURRENT)).where(*theirs)
    query = query.order_by(running_first, table.cluster_id, table.job_number, table.job_id).limit(most)
    rows = [_with_cluster(row, names) for row in connection.execute(query).mappings()]
    if len(rows) < most:
        return rows, len(rows)
    return rows, int(connection.execute(select(func.count()).where(*theirs)).scalar_one())


def _finished(connection: Connection, user_id: int, names: dict[int, str], most: int) -> list[dict[str, Any]]:
    table = finished_jobs.c
    found: list[Any] = []
    of_user = select(finished_sums.c.cluster_id).where(finished_sums.c.user_id == user_id).distinct()
    # By the index of each cluster: of one user there may be a million jobs.
    for cluster_id in names.keys() & set(connection.execute(of_user).scalars()):
        query = select(table.cluster_id, table.counted_at, *(table[name] for name in _ENDED))
        query = query.where(table.cluster_id == cluster_id, table.user_id == user_id)
        found += connection.execute(query.order_by(table.counted_at.desc()).limit(most)).mappings()
    newest = sorted(found, key=lambda row: (-row["counted_at"], row["cluster_id"], row["job_id"]))[:most]
    return [_with_cluster(row, names) for row in newest]


def _with_cluster(row: Any, names: dict[int, str]) -> dict[str, Any]:
    fields = dict(row)
    return {**fields, "cluster": names[fields["cluster_id"]], "submitted": fields["submitted"] or None}


Day = tuple[int, int, int, int]  # its first second, jobs, CPU seconds, GPU seconds


def _days(connection: Connection, user_id: int) -> list[Day]:
    table = finished_sums.c
    query = select(table.day, table.jobs, table.cpu_seconds, table.gpu_seconds)
    rows = connection.execute(query.where(table.user_id == user_id).order_by(table.day))
    return [(day, jobs, cpu, gpu) for day, jobs, cpu, gpu in rows]


def _spans(days: list[Day], start_of: Callable[[int], int], first: int) -> list[Sum]:
    of_spans: dict[int, list[Day]] = {}
    for day in days:
        if start_of(day[0]) >= start_of(first):
            of_spans.setdefault(start_of(day[0]), []).append(day)
    return [_sum(start, of_span) for start, of_span in of_spans.items()]


def _sum(start: int, days: list[Day]) -> Sum:
    cpu, gpu = sum(day[2] for day in days), sum(day[3] for day in days)
    return Sum(start, sum(day[1] for day in days), round(cpu / 3600, 2), round(gpu / 3600, 2))


def _monday(second: int) -> int:
    day = second // DAY_SECONDS
    return (day - (day + 3) % 7) * DAY_SECONDS  # 1 January 1970 was a Thursday


def _first_of_month(second: int) -> int:
    return int(datetime.fromtimestamp(second, UTC).replace(day=1).timestamp())


def _months_before(second: int, count: int) -> int:
    first = datetime.fromtimestamp(second, UTC).replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return int(first.timestamp())
