"""A job from the attributes that `qstat -f` prints, the same in Torque and PBS Pro but for a few names."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from zoneinfo import ZoneInfo

from collectors.parsers.pbs_items import Damaged, ReportedJob
from collectors.parsers.pbs_values import (
    count,
    job_id_of,
    moment,
    number,
    number_of,
    placed_on,
    seconds,
    size,
)
from usermon.queue_records import LONGEST_TEXT, Job, check_job

Attributes = Mapping[str, str]
Value = TypeVar("Value")

ENDED = frozenset("CFX")  # completed (Torque); finished, and a finished member of an array (PBS Pro)
_WAITING = frozenset("QHWT")
_RUNNING = frozenset("RE")
_GPUS_IN_NODES = re.compile(r":gpus=([0-9]{1,6})(?![0-9])", re.ASCII)


def job_of(
    printed_id: str,
    attributes: Attributes,
    zone: ZoneInfo,
    *,
    asks_for_processors: bool,
    printed_at: int | None = None,
) -> ReportedJob:
    """Raises Damaged.

    With `asks_for_processors` (PBS Pro) a job's processors are those that it asks for, else those that it
    holds: none while it waits.
    """
    job_id = job_id_of(printed_id)
    status = _needed(attributes, "job_state")
    nodes, processors = _placed(attributes, job_id, status)
    if asks_for_processors and "Resource_List.ncpus" in attributes:
        processors = count(attributes["Resource_List.ncpus"], "Resource_List.ncpus")

    def zoned(name: str) -> int | None:
        return _optional(attributes, name, lambda text: moment(text, zone, name))

    job = Job(
        job_id=job_id,
        job_number=number_of(job_id),
        name=attributes.get("Job_Name", ""),
        user=_owner(attributes),
        processors=processors,
        priority=_optional(attributes, "Priority", lambda text: number(text, "Priority")),
        queue=attributes.get("queue", ""),
        status=status,
        n_nodes=len(nodes) or _count_of(attributes, "Resource_List.nodect") or 0,
        error=_why_it_waits(attributes, status),
        gpus=_gpus(attributes, is_placed=bool(nodes)),
        nodes=nodes,
        submitted=zoned("ctime"),
        started=_first(zoned("start_time"), zoned("stime")),
        memory_bytes=_first(
            _size_of(attributes, "Resource_List.mem"), _size_of(attributes, "resources_used.mem")
        ),
    )
    try:
        check_job(job)
    except ValueError as error:
        raise Damaged(str(error)) from None
    return ReportedJob(
        job,
        walltime_seconds=_seconds_of(attributes, "resources_used.walltime"),
        cpu_seconds=_seconds_of(attributes, "resources_used.cput"),
        used_memory_bytes=_size_of(attributes, "resources_used.mem"),
        ended=_ended(attributes, zoned, status),
        exit_code=_exit_code(attributes),
        printed_at=printed_at,
    )


def _needed(attributes: Attributes, name: str) -> str:
    if not attributes.get(name):
        raise Damaged(f"{name} is missing")
    return attributes[name]


def _optional(attributes: Attributes, name: str, read: Callable[[str], Value]) -> Value | None:
    text = attributes.get(name)
    return None if text is None else read(text)


def _first(one: Value | None, other: Value | None) -> Value | None:
    return other if one is None else one


def _count_of(attributes: Attributes, name: str) -> int | None:
    return _optional(attributes, name, lambda text: count(text, name))


def _seconds_of(attributes: Attributes, name: str) -> int | None:
    return _optional(attributes, name, lambda text: seconds(text, name))


def _size_of(attributes: Attributes, name: str) -> int | None:
    return _optional(attributes, name, lambda text: size(text, name))


def _owner(attributes: Attributes) -> str:
    """The account on the machine where the job was submitted."""
    return _needed(attributes, "Job_Owner").partition("@")[0]


def _placed(attributes: Attributes, job_id: str, status: str) -> tuple[tuple[str, ...], int]:
    if "exec_host" in attributes:
        return placed_on(attributes["exec_host"])
    # An array's own entry runs nowhere: its members do.
    if status in _RUNNING and not job_id.endswith("[]"):
        raise Damaged("it runs and has no exec_host: is the text cut off?")
    return (), 0


def _gpus(attributes: Attributes, *, is_placed: bool) -> int:
    """Those that it holds. `exec_gpus` names each (Torque); else it holds what it asked for."""
    if not is_placed:
        return 0
    if "exec_gpus" in attributes:
        return len([place for place in attributes["exec_gpus"].split("+") if place])
    if "Resource_List.ngpus" in attributes:
        return count(attributes["Resource_List.ngpus"], "Resource_List.ngpus")
    found = 0
    for chunk in attributes.get("Resource_List.nodes", "").split("+"):
        times = chunk.partition(":")[0]
        for gpus in _GPUS_IN_NODES.findall(chunk):
            # `2:ppn=4:gpus=1` are two nodes, `n7:gpus=1` is the one of that name.
            found += int(gpus) * (int(times) if times.isdecimal() and len(times) < 7 else 1)
    return found


def _why_it_waits(attributes: Attributes, status: str) -> str | None:
    comment = attributes.get("comment", "")
    if status not in _WAITING or not comment:
        return None
    return " ".join(comment.removeprefix("Not Running: ").split())[:LONGEST_TEXT]


def _ended(attributes: Attributes, zoned: Callable[[str], int | None], status: str) -> int | None:
    if status not in ENDED:
        return None
    found = _first(zoned("comp_time"), zoned("obittime"))
    if found is None:
        found = _count_of(attributes, "history_timestamp")
    return _first(found, zoned("mtime"))


def _exit_code(attributes: Attributes) -> str | None:
    text = attributes.get("exit_status", attributes.get("Exit_status"))
    return None if text is None else str(number(text, "exit_status"))
