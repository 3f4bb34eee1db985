"""All that is shown to one user of their own jobs, on all clusters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from usage_store.cluster_counts import RUNNING
from usage_store.medians import MONTH_DAYS
from usage_store.queues import Cluster
from usage_store.retention import DAY_SECONDS
from usage_store.schema import users
from usage_store.schema_queues import cluster_jobs, finished_jobs, finished_sums

Rows = list[dict[str, Any]]
Day = tuple[int, int, int, int]  # its first second, jobs, CPU seconds, GPU seconds

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


def jobs_of_users(
    connection: Connection, names: Sequence[str], known: list[Cluster], reach: JobsReach
) -> dict[str, UserJobs]:
    """On the clusters `known`, by name; also of those who never had a job."""
    ids = connection.execute(select(users.c.id, users.c.name).where(users.c.name.in_(names))).tuples().all()
    numbers = [user_id for user_id, _ in ids]
    clusters = {cluster.id: cluster.name for cluster in known}
    current = _current(connection, numbers, clusters, reach.current)
    days = _days(connection, numbers)
    finished = _finished(connection, sorted(days), clusters, reach.finished)
    found = {name: UserJobs([], 0, [], 0, [], [], Sum(0, 0, 0, 0)) for name in names}
    for user_id, name in ids:
        now, count = current.get(user_id, ([], 0))
        ended = finished.get(user_id, [])
        found[name] = _user_jobs(now, count, ended, days.get(user_id, []), reach)
    return found


def _user_jobs(current: Rows, count: int, finished: Rows, days: Sequence[Day], reach: JobsReach) -> UserJobs:
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
    connection: Connection, user_ids: Sequence[int], names: Mapping[int, str], most: int
) -> dict[int, tuple[Rows, int]]:
    """The first `most` of each user, and how many there are."""
    table = cluster_jobs.c
    running_first = case((table.status.in_(sorted(RUNNING)), 0), else_=1)
    order = (running_first, table.cluster_id, table.job_number, table.job_id)
    ranked = (
        select(
            table.user_id,
            table.cluster_id,
            *(table[name] for name in _CURRENT),
            func.row_number().over(partition_by=table.user_id, order_by=order).label("place"),
            func.count().over(partition_by=table.user_id).label("count"),
        )
        .where(table.cluster_id.in_(names), table.user_id.in_(user_ids))
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.user_id, ranked.c.place)
    found: dict[int, tuple[Rows, int]] = {}
    for row in connection.execute(query).mappings():
        rows, _ = found.setdefault(row["user_id"], ([], row["count"]))
        rows.append(_with_cluster(row, names))
    return found


def _finished(
    connection: Connection, user_ids: Sequence[int], names: Mapping[int, str], most: int
) -> dict[int, Rows]:
    """The newest `most` of each user."""
    sums = finished_sums.c
    of_users = select(sums.user_id, sums.cluster_id).where(sums.user_id.in_(user_ids)).distinct()
    found: dict[int, list[Any]] = {}
    # By the index of each cluster: of one user there may be a million jobs.
    for user_id, cluster_id in connection.execute(of_users).tuples().all():
        if cluster_id in names:
            of_pair = {"of_user": user_id, "of_cluster": cluster_id, "most": most}
            found.setdefault(user_id, []).extend(connection.execute(_NEWEST_ENDED, of_pair).mappings())
    return {
        user_id: [
            _with_cluster(row, names)
            for row in sorted(rows, key=lambda row: (-row["counted_at"], row["cluster_id"], row["job_id"]))[
                :most
            ]
        ]
        for user_id, rows in found.items()
    }


_NEWEST_ENDED = (
    select(
        finished_jobs.c.cluster_id, finished_jobs.c.counted_at, *(finished_jobs.c[name] for name in _ENDED)
    )
    .where(
        finished_jobs.c.cluster_id == bindparam("of_cluster"),
        finished_jobs.c.user_id == bindparam("of_user"),
    )
    .order_by(finished_jobs.c.counted_at.desc())
    .limit(bindparam("most"))
)


def _with_cluster(row: Any, names: Mapping[int, str]) -> dict[str, Any]:
    fields = dict(row)
    fields |= {"cluster": names[fields["cluster_id"]], "submitted": fields["submitted"] or None}
    return fields


def _days(connection: Connection, user_ids: Sequence[int]) -> dict[int, list[Day]]:
    table = finished_sums.c
    query = select(table.user_id, table.day, table.jobs, table.cpu_seconds, table.gpu_seconds)
    found: dict[int, list[Day]] = {}
    rows = connection.execute(query.where(table.user_id.in_(user_ids)).order_by(table.user_id, table.day))
    for user_id, day, jobs, cpu, gpu in rows:
        found.setdefault(user_id, []).append((day, jobs, cpu, gpu))
    return found


def _spans(days: Sequence[Day], start_of: Callable[[int], int], first: int) -> list[Sum]:
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
