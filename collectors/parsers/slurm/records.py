"""What squeue says of a job, beyond what every batch system says."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from usermon.errors import InvalidUserName
from usermon.queue_records import FinishedJob, Job, Node, check_finished_job, check_job, check_node
from usermon.user_names import check_user_name

_FINISHED = "BOOT_FAIL CANCELLED COMPLETED DEADLINE FAILED LAUNCH_FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED"
_UNFINISHED = (
    "COMPLETING CONFIGURING PENDING POWER_UP_NODE RECONFIG_FAIL REQUEUED REQUEUE_FED REQUEUE_HOLD RESIZING "
    "RESV_DEL_HOLD RUNNING SIGNALING SPECIAL_EXIT STAGE_OUT STOPPED SUSPENDED UPDATE_DB"
)
# States of jobs that will not run again; all others wait, run, or are about to.
FINISHED = frozenset({*_FINISHED.split(), "REVOKED", "TIMEOUT"})
UNFINISHED = frozenset(_UNFINISHED.split())
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job as squeue shows it. Times in epoch seconds; `ended` of a job that runs is None."""

    job: Job
    array_job: int | None = None
    ended: int | None = None
    elapsed_seconds: int | None = None
    exit_code: str | None = None

    @property
    def is_finished(self) -> bool:
        return is_finished(self.job.status)


SlurmRecord = QueuedJob | Node | FinishedJob


def is_finished(state: str) -> bool:
    words = state.split("+")
    return words[0] in FINISHED and "COMPLETING" not in words


def check_state(state: str) -> str:
    """Return `state` when it is one or several of Slurm's words, joined by "+". Raises ValueError."""
    if not state:
        raise ValueError("the state is missing")
    if any(word not in FINISHED and word not in UNFINISHED for word in state.split("+")):
        raise ValueError("the state is none of Slurm's")
    return state


def check_user(user: str) -> str:
    """Return `user` when it is a user's name. Raises ValueError with the reason."""
    if not user:
        raise ValueError("the user is missing")
    try:
        return check_user_name(user)
    except InvalidUserName as error:
        raise ValueError(f"the user's name is refused: {error.reason}") from None


def check_record(record: SlurmRecord) -> None:
    """Raise ValueError for what the store could not keep."""
    if isinstance(record, FinishedJob):
        check_finished_job(record)
    elif isinstance(record, Node):
        check_node(record)
    elif record.job.user:
        check_job(record.job)
    else:  # some shapes tell no users: such a job can be shown, and not be saved
        check_job(replace(record.job, user="nobody"))


def as_fields(record: SlurmRecord, timezone: ZoneInfo) -> dict[str, object]:
    """What `parse --json` shows; times are the cluster's own."""
    if isinstance(record, Node):
        return {
            "name": record.name,
            "state": record.state,
            "cpus": record.n_procs or None,
            "cpus_allocated": record.n_running if record.n_procs else None,
            "load": record.load,
            "memory_mb": None if record.memory_bytes is None else record.memory_bytes // _MIB,
            "gpus": record.gpus,
            "gpus_used": record.gpus_used,
            "partitions": list(record.queues),
        }
    if isinstance(record, FinishedJob):
        return {
            "job_id": record.job_id,
            "user": record.user,
            "partition": record.queue,
            "state": record.state,
            "cpus": record.processors,
            "gpus": record.gpus,
            "nodes": record.nodes,
            "memory_mb": None if record.memory_bytes is None else record.memory_bytes // _MIB,
            "submit_time": local_time(record.submitted, timezone),
            "start_time": local_time(record.started, timezone),
            "end_time": local_time(record.ended, timezone),
            "elapsed_seconds": record.elapsed_seconds,
            "cpu_seconds": record.elapsed_seconds * record.processors,
            "gpu_seconds": record.elapsed_seconds * record.gpus,
            "exit_code": record.exit_code,
        }
    job = record.job
    return {
        "job_id": job.job_id,
        "array_job_id": record.array_job,
        "name": job.name,
        "user": job.user or None,
        "partition": job.queue or None,
        "state": job.status,
        "cpus": job.processors,
        "gpus": job.gpus,
        "nodes": job.n_nodes,
        "hosts": list(job.nodes),
        "memory_mb": None if job.memory_bytes is None else job.memory_bytes // _MIB,
        "priority": job.priority,
        "reason": job.error,
        "submit_time": local_time(job.submitted, timezone),
        "start_time": local_time(job.started, timezone),
        "end_time": local_time(record.ended, timezone),
        "elapsed_seconds": record.elapsed_seconds,
        "exit_code": record.exit_code,
    }


def local_time(time: int | None, timezone: ZoneInfo) -> str | None:
    """As Slurm prints it."""
    if time is None:
        return None
    try:
        return f"{datetime.fromtimestamp(time, timezone):%Y-%m-%dT%H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return str(time)  # no calendar goes so far
