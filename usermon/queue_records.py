"""What a batch system shows and did: jobs, nodes and groups of one cluster at one time, and ended jobs.

Times are epoch seconds (UTC), memory bytes; a status is the scheduler's own letter or word.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from usermon.errors import InvalidUserName
from usermon.user_names import check_user_name

LONGEST_NAME = 255
LONGEST_TEXT = 1024  # of what people wrote: a job's name, the reason why it waits
LARGEST = 2**63 - 1  # what the store can keep
# More than any cluster has; products of both still fit.
MOST_PROCESSORS = 10_000_000
LONGEST_SECONDS = 10**10
LAST_SECOND = 253_402_300_799  # of the year 9999


@dataclass(frozen=True, slots=True)
class Job:
    """A job that waits, runs, or ended a moment ago."""

    job_id: str  # as printed: "49662[1]", "910001_[5-40%4]"
    job_number: int
    name: str
    user: str
    processors: int
    priority: int | float | None  # None: not known
    queue: str  # Slurm: the partition
    status: str
    n_nodes: int
    error: str | None = None  # why it does not start, as the scheduler says it
    gpus: int = 0
    nodes: tuple[str, ...] = ()
    submitted: int | None = None
    started: int | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A machine that runs jobs. `n_running` counts processors in use, not jobs."""

    name: str
    state: str  # several words are joined as their scheduler does: "down,offline", "idle+drain"
    load: float | None
    n_procs: int
    n_running: int
    job_ids: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    gpus: int = 0
    gpus_used: int = 0
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ClusterSnapshot:
    """One cluster at one time, whole: when a part of it cannot be read there is no snapshot."""

    cluster: str
    time: int
    jobs: tuple[Job, ...]
    nodes: tuple[Node, ...]
    groups: tuple[tuple[str, str | None], ...] = ()  # user and group; None: no group known


@dataclass(frozen=True, slots=True)
class FinishedJob:
    """A job that ended. GPU hours are gpus * elapsed_seconds / 3600."""

    cluster: str
    job_id: str
    user: str
    queue: str
    state: str
    submitted: int | None
    started: int | None
    ended: int | None  # None: the report says that it ended, and not when
    elapsed_seconds: int
    processors: int
    gpus: int = 0
    nodes: int = 1
    memory_bytes: int | None = None
    exit_code: str | None = None


def ended_job(
    job: Job,
    cluster: str,
    *,
    ended: int | None,
    elapsed_seconds: int,
    memory_bytes: int | None = None,
    exit_code: str | None = None,
) -> FinishedJob:
    """A job as a queue shows it, once it ended; `memory_bytes` is what it used, where that is known."""
    return FinishedJob(
        cluster=cluster,
        job_id=job.job_id,
        user=job.user,
        queue=job.queue,
        state=job.status,
        submitted=job.submitted,
        started=job.started,
        ended=ended,
        elapsed_seconds=elapsed_seconds,
        processors=job.processors,
        gpus=job.gpus,
        nodes=job.n_nodes,
        memory_bytes=job.memory_bytes if memory_bytes is None else memory_bytes,
        exit_code=exit_code,
    )


def check_job(job: Job) -> None:
    """Raise ValueError when a field could not have come from a batch system."""
    _check_names(job_id=job.job_id)
    _check_user(job.user)
    _check_words(queue=job.queue, status=job.status)
    _check_each("nodes", job.nodes)
    _check_counts(MOST_PROCESSORS, processors=job.processors, n_nodes=job.n_nodes, gpus=job.gpus)
    _check_counts(job_number=job.job_number, memory_bytes=job.memory_bytes)
    _check_counts(LAST_SECOND, submitted=job.submitted, started=job.started)
    if job.priority is not None and not abs(job.priority) <= LARGEST:
        raise ValueError(f"priority is {job.priority}, which no scheduler gives")
    _check_texts(name=job.name, error=job.error or "")


def check_node(node: Node) -> None:
    """Raise ValueError when a field could not have come from a batch system."""
    _check_names(name=node.name, state=node.state)
    _check_each("job_ids", node.job_ids)
    _check_each("queues", node.queues)
    _check_counts(MOST_PROCESSORS, n_procs=node.n_procs, n_running=node.n_running)
    _check_counts(MOST_PROCESSORS, gpus=node.gpus, gpus_used=node.gpus_used)
    _check_counts(memory_bytes=node.memory_bytes)
    if node.load is not None and not 0 <= node.load <= LARGEST:
        raise ValueError(f"load is {node.load}, which is no load")


def check_snapshot(snapshot: ClusterSnapshot) -> None:
    """Raise ValueError for the first record in it that could not have come from a batch system, and for
    two jobs or two nodes of one name."""
    _check_names(cluster=snapshot.cluster)
    _check_counts(LAST_SECOND, time=snapshot.time)
    for job in snapshot.jobs:
        check_job(job)
    for node in snapshot.nodes:
        check_node(node)
    for user, group in snapshot.groups:
        _check_user(user)
        _check_words(group=group or "")
    _check_unique("job", (job.job_id for job in snapshot.jobs))
    _check_unique("node", (node.name for node in snapshot.nodes))
    _check_unique("group of", (user for user, _ in snapshot.groups))


def check_finished_job(job: FinishedJob) -> None:
    """Raise ValueError when a field could not have come from a batch system."""
    _check_names(cluster=job.cluster, job_id=job.job_id)
    _check_user(job.user)
    _check_words(queue=job.queue, state=job.state, exit_code=job.exit_code or "")
    _check_counts(LAST_SECOND, submitted=job.submitted, started=job.started, ended=job.ended)
    _check_counts(LONGEST_SECONDS, elapsed_seconds=job.elapsed_seconds)
    _check_counts(MOST_PROCESSORS, processors=job.processors, gpus=job.gpus, nodes=job.nodes)
    _check_counts(memory_bytes=job.memory_bytes)


def _check_user(user: str) -> None:
    try:
        check_user_name(user)
    except InvalidUserName as error:
        raise ValueError(f"{user!r} is no user: {error.reason}") from None


def _check_names(**names: str) -> None:
    for field, name in names.items():
        if not name:
            raise ValueError(f"{field} is empty")
    _check_words(**names)


def _check_words(**words: str) -> None:
    for field, word in words.items():
        if len(word) > LONGEST_NAME:
            raise ValueError(f"{field} is longer than {LONGEST_NAME} characters")
        if not word.isprintable():
            raise ValueError(f"{field} holds a control character")


def _check_each(field: str, names: tuple[str, ...]) -> None:
    for name in names:
        _check_names(**{field: name})


def _check_texts(**texts: str) -> None:
    for field, text in texts.items():
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{field} is longer than {LONGEST_TEXT} characters")
        # What no database takes. Anything else people do write into a job's name, and pages escape it.
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise ValueError(f"{field} holds characters that are no text")


def _check_counts(most: int = LARGEST, /, **counts: int | None) -> None:
    for field, count in counts.items():
        if count is not None and not 0 <= count <= most:
            raise ValueError(f"{field} is {count}, and lies between 0 and {most} where it is true")


def _check_unique(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"the {what} {name} is there twice")
        seen.add(name)
