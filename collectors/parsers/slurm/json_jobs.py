"""A job in `squeue --json`."""

from collections.abc import Mapping
from typing import Any

from collectors.parsers.slurm import values
from collectors.parsers.slurm.gpus import gpus_of_job
from collectors.parsers.slurm.hosts import expand_hosts
from collectors.parsers.slurm.json_values import Item, number, text, time, whole, words
from collectors.parsers.slurm.records import QueuedJob, check_state, check_user, is_finished
from collectors.parsers.slurm.squeue import exit_code_of_status, shortened_job_id
from usermon.queue_records import LONGEST_TEXT, Job


def job_of(item: Item) -> QueuedJob:
    """Raises ValueError for what makes no sense."""
    job_number = whole(item, "job_id")
    if job_number is None:
        raise ValueError("job_id is missing")
    state = check_state("+".join(words(item, "job_state")))
    hosts = expand_hosts(text(item, "nodes"))
    nodes = whole(item, "node_count")
    tres = text(item, "tres_alloc_str")
    reason = text(item, "state_reason")
    array = whole(item, "array_job_id") or None
    submitted, started = time(item, "submit_time"), time(item, "start_time")
    ended = time(item, "end_time") if is_finished(state) else None
    detail = item.get("gres_detail")
    processors = whole(item, "cpus")
    if processors is None:  # as of a job that was cancelled before it ran
        processors = values.processors_of_tres(text(item, "tres_req_str"))
    if processors is None:
        raise ValueError("cpus is missing")
    job = Job(
        job_id=shortened_job_id(_job_id(item, job_number, array)),
        job_number=job_number,
        name=text(item, "name")[:LONGEST_TEXT],
        user=check_user(text(item, "user_name") or str(whole(item, "user_id") or "")),
        processors=processors,
        priority=number(item, "priority", may_be_large=True),
        queue=text(item, "partition"),
        status=state,
        n_nodes=len(hosts) if nodes is None else nodes,
        error=None if values.is_nothing(reason) else reason[:LONGEST_TEXT],
        gpus=gpus_of_job(
            in_detail=tuple(str(one) for one in detail) if isinstance(detail, list) else (),
            allocated=tres or text(item, "tres_req_str"),
            per_job=text(item, "tres_per_job"),
            per_node=text(item, "tres_per_node"),
            per_task=text(item, "tres_per_task"),
            nodes=nodes or len(hosts),
            tasks=whole(item, "tasks") or 1,
        ),
        nodes=hosts,
        submitted=submitted,
        started=None if state == "PENDING" else started,
        memory_bytes=values.memory_of_tres(tres or text(item, "tres_req_str")),
    )
    return QueuedJob(
        job,
        array_job=array,
        ended=ended,
        elapsed_seconds=max(0, ended - started) if ended is not None and started is not None else None,
        exit_code=_exit_code(item.get("exit_code")) if is_finished(state) else None,
    )


def _job_id(item: Item, number: int, array: int | None) -> str:
    """As squeue prints it."""
    if array is not None:
        if waiting := text(item, "array_task_string"):
            return f"{array}_[{waiting}]"
        task = whole(item, "array_task_id")
        return f"{array}_{number if task is None else task}"
    if leader := whole(item, "het_job_id"):
        return f"{leader}+{whole(item, 'het_job_offset') or 0}"
    return str(number)


def _exit_code(value: Any) -> str | None:
    if isinstance(value, Mapping):
        code, signal = whole(value, "return_code"), 0
        if isinstance(found := value.get("signal"), Mapping):
            signal = whole(found, "id" if "id" in found else "signal_id") or 0
        return None if code is None else f"{code}:{signal}"
    return exit_code_of_status(value) if isinstance(value, int) and 0 <= value <= 0xFFFF else None
