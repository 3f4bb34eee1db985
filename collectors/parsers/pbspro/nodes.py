"""Nodes, as `pbsnodes -av -F json` prints them."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from collectors.parsers.pbs_items import Damaged, ReportedNode
from collectors.parsers.pbs_values import count, job_id_of, size
from usermon.queue_records import Node, check_node


def node_of(
    name: str, attributes: Mapping[str, object], _timezone: ZoneInfo, printed_at: int | None
) -> ReportedNode:
    """Raises Damaged. PBS tells no load."""
    has, uses = _resources(attributes, "available"), _resources(attributes, "assigned")
    state, queue = attributes.get("state"), attributes.get("queue")
    if not isinstance(state, str):
        raise Damaged("state is missing")
    node = Node(
        name=name,
        state=state,
        load=None,
        n_procs=_processors(attributes, has),
        n_running=_count(uses, "ncpus"),
        job_ids=_job_ids(attributes.get("jobs", [])),
        queues=tuple(queue.split(",")) if isinstance(queue, str) and queue else (),
        gpus=_count(has, "ngpus"),
        gpus_used=_count(uses, "ngpus"),
        memory_bytes=size(has["mem"], "mem") if "mem" in has else None,
    )
    try:
        check_node(node)
    except ValueError as error:
        raise Damaged(str(error)) from None
    return ReportedNode(node, printed_at)


def _resources(attributes: Mapping[str, object], which: str) -> dict[str, str]:
    name = f"resources_{which}"
    found = attributes.get(name, {})
    if not isinstance(found, dict):
        raise Damaged(f"{name} is no object")
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _processors(attributes: Mapping[str, object], has: Mapping[str, str]) -> int:
    """Those that jobs may have. A node that never came up shows those that it was set up with, or none."""
    if "ncpus" in has:
        return count(has["ncpus"], "ncpus")
    pcpus = attributes.get("pcpus")
    return count(pcpus, "pcpus") if isinstance(pcpus, str) else 0


def _count(resources: Mapping[str, str], name: str) -> int:
    return count(resources.get(name, "0"), name)


def _job_ids(jobs: object) -> tuple[str, ...]:
    """Each once: PBS names a job once for each of its processors or chunks."""
    if not isinstance(jobs, list) or not all(isinstance(job, str) for job in jobs):
        raise Damaged("jobs is no list of ids")
    return tuple(dict.fromkeys(job_id_of(job) for job in jobs))
