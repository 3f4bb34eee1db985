"""What Torque and PBS Pro print, thing by thing: jobs, nodes, groups, what a scheduler says of a job."""

from dataclasses import dataclass
from datetime import UTC, datetime

from usermon.queue_records import Job, Node

LONGEST_LINE = 1 << 22  # exec_host names every processor of a job


class Damaged(Exception):
    """Why something printed is no job, node or group."""


@dataclass(frozen=True, slots=True)
class ReportedJob:
    """A job with what is kept of it only once it has ended. Seconds, bytes, epoch seconds."""

    job: Job
    walltime_seconds: int | None = None
    cpu_seconds: int | None = None
    used_memory_bytes: int | None = None
    ended: int | None = None
    exit_code: str | None = None
    printed_at: int | None = None  # by the server's clock, where it says so


@dataclass(frozen=True, slots=True)
class ReportedNode:
    """A node; `printed_at` as for jobs."""

    node: Node
    printed_at: int | None = None


@dataclass(frozen=True, slots=True)
class JobPriority:
    """The priority that Maui computed (`diagnose -p`)."""

    job_id: str
    priority: int


@dataclass(frozen=True, slots=True)
class BlockedJob:
    """Why Maui does not start a job (`diagnose -q`)."""

    job_id: str
    error: str


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user's group; None where /etc/group names none."""

    user: str
    group: str | None


Item = ReportedJob | ReportedNode | JobPriority | BlockedJob | UserGroup


def as_fields(item: Item) -> dict[str, object]:
    """One flat record. Times are ISO 8601 in UTC, amounts bytes, durations as qstat prints them."""
    if isinstance(item, ReportedJob):
        fields = {name: getattr(item.job, name) for name in Job.__slots__}
        return {
            **fields,
            "nodes": list(item.job.nodes),
            "submitted": _iso(item.job.submitted),
            "started": _iso(item.job.started),
            "ended": _iso(item.ended),
            "walltime_used": _clock(item.walltime_seconds),
            "time_use": "0" if item.cpu_seconds == 0 else _clock(item.cpu_seconds),
            "exit_code": item.exit_code,
        }
    if isinstance(item, ReportedNode):
        fields = {name: getattr(item.node, name) for name in Node.__slots__}
        return {**fields, "job_ids": list(item.node.job_ids), "queues": list(item.node.queues)}
    return {name: getattr(item, name) for name in item.__slots__}


def _iso(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _clock(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
