"""Nodes, as `pbsnodes` prints them."""

import re

from collectors.parsers.pbs_items import Damaged, ReportedNode
from collectors.parsers.pbs_values import count, job_id_of, load, size, slots
from collectors.parsers.torque.blocks import Block
from usermon.queue_records import Node, check_node

# Attributes of the status line; jobs in it may carry details in brackets, with commas.
_STATUS = re.compile(r"(?:^|,)(loadave|physmem)=([^,]*)")
_GPU_IN_USE = re.compile(r"gpu_state=(?:Exclusive|Shared)")


def node_of(block: Block) -> ReportedNode:
    """Raises Damaged."""
    if block.fault:
        raise Damaged(block.fault)
    attributes = block.attributes
    for name in ("state", "np"):
        if not attributes.get(name):
            raise Damaged(f"{name} is missing: is the text cut off?")
    status = dict(_STATUS.findall(attributes.get("status", "")))
    n_running, job_ids = _jobs(attributes.get("jobs", ""))
    node = Node(
        name=block.head.strip(),
        state=attributes["state"],
        load=load(status["loadave"]) if "loadave" in status else None,
        n_procs=count(attributes["np"], "np"),
        n_running=n_running,
        job_ids=job_ids,
        queues=tuple(word for word in attributes.get("properties", "").split(",") if word),
        gpus=count(attributes.get("gpus", "0"), "gpus"),
        gpus_used=len(_GPU_IN_USE.findall(attributes.get("gpu_status", ""))),
        memory_bytes=size(status["physmem"], "physmem") if "physmem" in status else None,
    )
    try:
        check_node(node)
    except ValueError as error:
        raise Damaged(str(error)) from None
    return ReportedNode(node)


def _jobs(text: str) -> tuple[int, tuple[str, ...]]:
    """The processors in use and the jobs there, of `0/7.head, 1/7.head`, `0-35/7.head` or `0-3,5/7.head`."""
    n_running = 0
    job_ids: dict[str, None] = {}
    which = ""
    for part in text.split(","):
        numbers, slash, job = part.strip().partition("/")
        which = f"{which},{numbers}" if which else numbers
        if not slash:
            continue
        if not job:
            raise Damaged("jobs is not like 0/7.head, 1/7.head")
        n_running += slots(which, "jobs")
        job_ids[job_id_of(job)] = None
        which = ""
    if which:
        raise Damaged("jobs is not like 0/7.head, 1/7.head")
    return n_running, tuple(job_ids)
