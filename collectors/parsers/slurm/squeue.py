"""Jobs from squeue's text: under a header with any separator, or the two columns `%A,%T`."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from collectors.parsers.slurm import values
from collectors.parsers.slurm.gpus import gpus_of_job
from collectors.parsers.slurm.hosts import expand_hosts
from collectors.parsers.slurm.records import QueuedJob, check_state, check_user, is_finished
from usermon.queue_records import LONGEST_NAME, LONGEST_TEXT, Job

# `910001`, a member `910001_3`, waiting members `910001_[5-40%4]`, a part of a heterogeneous job `7+1`.
JOB_ID = re.compile(r"(\d{1,18})(?:_(?:\d{1,18}|\[[\d,:%.-]+\])|\+\d{1,9})?", re.ASCII)
ID_AND_STATE = re.compile(r"(\d{1,18}(?:_\S{1,200})?),([A-Z_]{1,40})", re.ASCII)
NEEDED = frozenset({"JOBID", "STATE"})
# What squeue prints for the number of tasks of a job that has none.
_NO_VALUE = 0xFFFFFFFE
_ARRAY_OR_PART = re.compile(r"[_+]")


def job_number(job_id: str) -> int:
    """The number that `job_id` begins with. Raises ValueError for what is no job id."""
    match = JOB_ID.fullmatch(job_id)
    if not match:
        raise ValueError("the job id is missing" if not job_id else "the job id is no number")
    return int(match[1])


def shortened_job_id(job_id: str) -> str:
    """`job_id` as the store can keep it: Slurm too shortens the members that wait."""
    return job_id if len(job_id) <= LONGEST_NAME else f"{job_id[: LONGEST_NAME - 4].rpartition(',')[0]},...]"


def job_of_row(columns: Sequence[str], row: Sequence[str], timezone: ZoneInfo) -> QueuedJob:
    """Raises ValueError for a row that makes no sense."""
    cells = {name: value.strip() for name, value in reversed(list(zip(columns, row, strict=True)))}
    ids = [value.strip() for name, value in zip(columns, row, strict=True) if name == "JOBID"]
    job_id = next((i for i in ids if _ARRAY_OR_PART.search(i)), ids[0])
    number = max(map(job_number, ids)) if len(ids) > 1 else job_number(job_id)
    array = _array_of(cells.get("ARRAY_JOB_ID", ""), job_id, cells.get("ARRAY_TASK_ID"))
    state = check_state(cells["STATE"])
    waits = state == "PENDING"
    processors = values.count(cells["CPUS"], "CPUS") if "CPUS" in cells else 0
    hosts = expand_hosts(cells.get("NODELIST") or cells.get("NODELIST(REASON)") or "")
    nodes = values.count(cells["NODES"], "NODES") if "NODES" in cells else len(hosts)
    tres = _cell(cells, "TRES_ALLOC")
    reason = cells.get("REASON", "")
    started = values.moment(cells.get("START_TIME", ""), timezone, "START_TIME")
    ended = values.moment(cells.get("END_TIME", ""), timezone, "END_TIME")
    job = Job(
        job_id=shortened_job_id(job_id),
        job_number=number,
        name=cells.get("NAME", "")[:LONGEST_TEXT],
        user=check_user(cells["USER"]) if "USER" in cells else "",
        processors=processors,
        priority=values.number(cells.get("PRIORITY", "")),
        queue=cells.get("PARTITION", ""),
        status=state,
        n_nodes=nodes,
        error=None if values.is_nothing(reason) else reason[:LONGEST_TEXT],
        gpus=gpus_of_job(
            allocated=tres,
            per_job=_cell(cells, "TRES_PER_JOB"),
            per_node=_cell(cells, "TRES_PER_NODE"),
            per_task=_cell(cells, "TRES_PER_TASK"),
            nodes=nodes,
            tasks=_tasks(cells.get("TASKS", "")),
        ),
        nodes=hosts,
        submitted=values.moment(cells.get("SUBMIT_TIME", ""), timezone, "SUBMIT_TIME"),
        # Of a job that waits it is a guess.
        started=None if waits else started,
        memory_bytes=values.memory_of_tres(tres),
    )
    return QueuedJob(
        job,
        array_job=array,
        # Of a job that runs it is when its time will be up.
        ended=ended if is_finished(state) else None,
        elapsed_seconds=values.seconds(cells.get("TIME", "")),
        exit_code=_exit_code(cells.get("EXIT_CODE", "")) if is_finished(state) else None,
    )


def job_of_pair(line: str) -> QueuedJob:
    """`15451729,RUNNING`. Raises ValueError."""
    match = ID_AND_STATE.fullmatch(line.strip())
    if not match:
        raise ValueError("not like 15451729,RUNNING")
    job_id, state = match[1], check_state(match[2])
    number = job_number(job_id)
    job = Job(job_id, number, "", "", 0, None, "", state, 0)
    return QueuedJob(job, number if "_" in job_id else None)


def _array_of(array_job: str, job_id: str, task: str | None) -> int | None:
    if "_" in job_id:
        return job_number(job_id)
    # squeue prints the job's own number where there is no array.
    return int(array_job) if array_job.isdecimal() and task is not None and task.isdecimal() else None


def _tasks(text: str) -> int:
    tasks = values.count(text, "TASKS") if text else 1
    return tasks if tasks < _NO_VALUE else 1


def _cell(cells: dict[str, str], name: str) -> str:
    value = cells.get(name, "")
    return "" if values.is_nothing(value) else value


def _exit_code(text: str) -> str | None:
    """`3:0`, as everywhere else, of the status 768 that squeue prints."""
    return exit_code_of_status(int(text)) if text.isdecimal() and len(text) < 12 else None


def exit_code_of_status(status: int) -> str:
    return f"{status >> 8 & 0xFF}:{status & 0x7F}"
