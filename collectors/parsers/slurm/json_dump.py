"""`squeue --json` and `sinfo --json`.

Up to Slurm 22.05 numbers are plain and a state is one word, with flags beside it; newer data parsers write
`{"set": true, "infinite": false, "number": 5}` and lists of words. Both are read field by field, since the
change came field by field too.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from collectors.parsers.slurm import values
from collectors.parsers.slurm.gpus import gpus_in, gpus_of_job
from collectors.parsers.slurm.hosts import check_host, expand_hosts
from collectors.parsers.slurm.records import QueuedJob, check_state, check_user, is_finished
from collectors.parsers.slurm.sinfo import check_node_state
from collectors.parsers.slurm.squeue import exit_code_of_status, shortened_job_id
from usermon.queue_records import LARGEST, LONGEST_TEXT, Job, Node

_MIB = 1 << 20
# What Slurm's C code keeps where there is no value, and prints when its JSON knows no better.
_NO_VALUES = frozenset({0xFFFFFFFE, 0xFFFFFFFF, 0xFFFE, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF})

Found = QueuedJob | Node


def read_json(text: str) -> Iterator[tuple[str, Found | ValueError]]:
    """Each job or node, or why it is none, with what it is called in the text.

    Raises ValueError when the text as a whole is no dump of jobs or nodes.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("no JSON of Slurm: it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValueError("no JSON of squeue or sinfo")
    if errors := document.get("errors"):
        raise ValueError(f"Slurm reports an error: {json.dumps(errors)[:200]}")
    readers: dict[str, Callable[[Any], Found]] = {"jobs": _job, "nodes": _node}
    for key, read in readers.items():
        items = document.get(key)
        if isinstance(items, list):
            return _each(key, items, read)
    raise ValueError("no JSON of squeue or sinfo: it has neither jobs nor nodes")


def _each(
    key: str, items: list[Any], read: Callable[[Any], Found]
) -> Iterator[tuple[str, Found | ValueError]]:
    for place, item in enumerate(items):
        name = f"{key}[{place}]"
        try:
            if not isinstance(item, dict):
                raise ValueError(f"{name} is no object")
            name += f": {str(item.get('job_id', item.get('name', '')))[:60]}"
            yield name, read(item)
        except ValueError as error:
            yield name, error


def _job(item: Mapping[str, Any]) -> QueuedJob:
    number = _whole(item, "job_id")
    if number is None:
        raise ValueError("job_id is missing")
    state = check_state("+".join(_words(item, "job_state")))
    hosts = expand_hosts(_text(item, "nodes"))
    nodes = _whole(item, "node_count")
    tres = _text(item, "tres_alloc_str")
    reason = _text(item, "state_reason")
    array = _whole(item, "array_job_id") or None
    submitted, started = _time(item, "submit_time"), _time(item, "start_time")
    ended = _time(item, "end_time") if is_finished(state) else None
    detail = item.get("gres_detail")
    processors = _whole(item, "cpus")
    if processors is None:  # as of a job that was cancelled before it ran
        processors = values.processors_of_tres(_text(item, "tres_req_str"))
    if processors is None:
        raise ValueError("cpus is missing")
    job = Job(
        job_id=shortened_job_id(_job_id(item, number, array)),
        job_number=number,
        name=_text(item, "name")[:LONGEST_TEXT],
        user=check_user(_text(item, "user_name") or str(_whole(item, "user_id") or "")),
        processors=processors,
        priority=_number(item, "priority", may_be_large=True),
        queue=_text(item, "partition"),
        status=state,
        n_nodes=len(hosts) if nodes is None else nodes,
        error=None if values.is_nothing(reason) else reason[:LONGEST_TEXT],
        gpus=gpus_of_job(
            in_detail=tuple(str(text) for text in detail) if isinstance(detail, list) else (),
            allocated=tres or _text(item, "tres_req_str"),
            per_job=_text(item, "tres_per_job"),
            per_node=_text(item, "tres_per_node"),
            per_task=_text(item, "tres_per_task"),
            nodes=nodes or len(hosts),
            tasks=_whole(item, "tasks") or 1,
        ),
        nodes=hosts,
        submitted=submitted,
        started=None if state == "PENDING" else started,
        memory_bytes=values.memory_of_tres(tres or _text(item, "tres_req_str")),
    )
    return QueuedJob(
        job,
        array_job=array,
        ended=ended,
        elapsed_seconds=max(0, ended - started) if ended is not None and started is not None else None,
        exit_code=_exit_code(item.get("exit_code")) if is_finished(state) else None,
    )


def _job_id(item: Mapping[str, Any], number: int, array: int | None) -> str:
    """As squeue prints it."""
    if array is not None:
        if waiting := _text(item, "array_task_string"):
            return f"{array}_[{waiting}]"
        task = _whole(item, "array_task_id")
        return f"{array}_{number if task is None else task}"
    if leader := _whole(item, "het_job_id"):
        return f"{leader}+{_whole(item, 'het_job_offset') or 0}"
    return str(number)


def _node(item: Mapping[str, Any]) -> Node:
    processors = _whole(item, "cpus")
    if processors is None:
        raise ValueError("cpus is missing")
    load = _number(item, "cpu_load")
    memory = _whole(item, "real_memory")
    partitions = item.get("partitions")
    return Node(
        name=check_host(_text(item, "name")),
        state=check_node_state("+".join((*_words(item, "state"), *_words(item, "state_flags"))).lower()),
        load=None if load is None else load / 100,  # Slurm keeps hundredths
        n_procs=processors,
        n_running=_whole(item, "alloc_cpus") or 0,
        queues=tuple(str(name) for name in partitions) if isinstance(partitions, list) else (),
        gpus=gpus_in(_text(item, "gres")),
        gpus_used=gpus_in(_text(item, "gres_used")),
        memory_bytes=None if memory is None else memory * _MIB,
    )


def _exit_code(value: Any) -> str | None:
    if isinstance(value, Mapping):
        code, signal = _whole(value, "return_code"), 0
        if isinstance(found := value.get("signal"), Mapping):
            signal = _whole(found, "id" if "id" in found else "signal_id") or 0
        return None if code is None else f"{code}:{signal}"
    return exit_code_of_status(value) if isinstance(value, int) and 0 <= value <= 0xFFFF else None


def _words(item: Mapping[str, Any], key: str) -> list[str]:
    value = item.get(key)
    words = value if isinstance(value, list) else [value]
    return [word.strip() for word in words if isinstance(word, str) and word.strip()]


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""


def _time(item: Mapping[str, Any], key: str) -> int | None:
    return _whole(item, key) or None


def _whole(item: Mapping[str, Any], key: str) -> int | None:
    value = _number(item, key)
    if value is None:
        return None
    if value < 0 or value != int(value):
        raise ValueError(f"{key} is {str(value)[:40]}, which is no count")
    return int(value)


def _number(item: Mapping[str, Any], key: str, *, may_be_large: bool = False) -> int | float | None:
    value = item.get(key)
    if isinstance(value, Mapping):
        if not value.get("set", True) or value.get("infinite"):
            return None
        value = value.get("number")
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{key} is not a number")
    if value in _NO_VALUES and not may_be_large:
        return None
    if abs(value) > LARGEST:
        raise ValueError(f"{key} is larger than anything that is counted")
    return value
