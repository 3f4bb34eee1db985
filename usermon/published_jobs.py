"""The file that carries a user's own jobs to their dashboard: published/USER/jobs.json.

Written by the collectors, read by the dashboard; there is one only where the facility has a queue.

    {"format": 1, "user": "alice", "timezone": "Europe/Berlin", "published_at": 1700000000,
     "clusters": {"name": ["cluster-a"], "time": [1700000000], "every_seconds": [60]},
     "current": {"cluster": [...], "job_id": [...], "name": [...], "queue": [...], "status": [...],
                 "processors": [...], "gpus": [...], "nodes": [...], "submitted": [...], "started": [...],
                 "reason": [...]},
     "more_current": 0,
     "finished": {"cluster": [...], "job_id": [...], "queue": [...], "status": [...], "processors": [...],
                  "gpus": [...], "submitted": [...], "started": [...], "ended": [...], "seconds": [...],
                  "exit_code": [...]},
     "more_finished": 0,
     "weeks": {"start": [1699833600], "jobs": [3], "cpu_hours": [12.5], "gpu_hours": [0.0]},
     "months": {...as weeks...}, "month": {"jobs": 3, "cpu_hours": 12.5, "gpu_hours": 0.0},
     "median": {"users": 12, "cpu_hours": 60.0}}

Times are UTC epoch seconds. A cluster's `time` is that of the snapshot that the file was written from: the
file of a user whose jobs stay as they are is written again after REFRESH_SECONDS at the earliest, so that a
snapshot of 50 000 jobs does not rewrite 10 000 files each minute. Finished jobs come newest first; weeks
begin on Monday, months on the first, both in UTC, ascending, and those without jobs are left out. `month` is
the 30 days that end with the newest finished job of the facility, and the median is of all users who had
processor hours in them, rounded; null where they are too few.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from usermon.published_file import check_columns, check_each, only_ours, pack, unpack

FORMAT = 1
REFRESH_SECONDS = 600
MOST_CURRENT = 500
MOST_FINISHED = 300
WEEKS, MONTHS = 53, 24


@dataclass(frozen=True, slots=True)
class Clusters:
    """Those of which there is a snapshot; `every_seconds` is how often one is due, null where not known."""

    name: list[str] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    every_seconds: list[int | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CurrentJobs:
    """Running and waiting ones, `status` as the scheduler says it."""

    cluster: list[str] = field(default_factory=list)
    job_id: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    processors: list[int] = field(default_factory=list)
    gpus: list[int] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    submitted: list[int | None] = field(default_factory=list)
    started: list[int | None] = field(default_factory=list)
    reason: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EndedJobs:
    """Jobs that ended, `seconds` after they started."""

    cluster: list[str] = field(default_factory=list)
    job_id: list[str] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    processors: list[int] = field(default_factory=list)
    gpus: list[int] = field(default_factory=list)
    submitted: list[int | None] = field(default_factory=list)
    started: list[int | None] = field(default_factory=list)
    ended: list[int | None] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    exit_code: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spans:
    """What was used in weeks or months."""

    start: list[int] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)
    cpu_hours: list[float] = field(default_factory=list)
    gpu_hours: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Used:
    jobs: int = 0
    cpu_hours: float = 0.0
    gpu_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class JobsMedian:
    users: int
    cpu_hours: float


@dataclass(frozen=True, slots=True)
class PublishedJobs:
    user: str
    timezone: str
    published_at: int
    clusters: Clusters = field(default_factory=Clusters)
    current: CurrentJobs = field(default_factory=CurrentJobs)
    more_current: int = 0
    finished: EndedJobs = field(default_factory=EndedJobs)
    more_finished: int = 0
    weeks: Spans = field(default_factory=Spans)
    months: Spans = field(default_factory=Spans)
    month: Used = field(default_factory=Used)
    median: JobsMedian | None = None


def to_json(published: PublishedJobs) -> bytes:
    return pack(FORMAT, published)


def from_json(content: bytes) -> PublishedJobs:
    """Raises UnreadablePublishedFile for anything that `to_json` of this format did not write."""
    with only_ours():
        found = unpack(content, FORMAT)
        for name, kind in _PARTS.items():
            found[name] = kind(**found[name])
        if found["median"] is not None:
            found["median"] = JobsMedian(**found["median"])
            check_each((int, float), [found["median"].users, found["median"].cpu_hours])
        published = PublishedJobs(**found)
        _check(published)
        return published


_PARTS: dict[str, Any] = {
    "clusters": Clusters,
    "current": CurrentJobs,
    "finished": EndedJobs,
    "weeks": Spans,
    "months": Spans,
    "month": Used,
}
_COLUMNS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("cluster", "job_id", "name", "queue", "status"), (str,)),
    **dict.fromkeys(("reason", "exit_code"), (str, type(None))),
    **dict.fromkeys(("submitted", "started", "ended", "every_seconds"), (int, type(None))),
    **dict.fromkeys(("time", "processors", "gpus", "nodes", "seconds", "start", "jobs"), (int,)),
    **dict.fromkeys(("cpu_hours", "gpu_hours"), (int, float)),
}


def _check(published: PublishedJobs) -> None:
    for part in ("clusters", "current", "finished", "weeks", "months"):
        table = getattr(published, part)
        columns = {one.name: getattr(table, one.name) for one in fields(table)}
        check_columns(*columns.values())
        for name, column in columns.items():
            check_each(_COLUMNS[name], column)
    check_each((str,), [published.user, published.timezone])
    check_each((int,), [published.published_at, published.more_current, published.more_finished])
    check_each((int, float), [published.month.jobs, published.month.cpu_hours, published.month.gpu_hours])
