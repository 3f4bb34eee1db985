"""Nodes from sinfo's text, a line a node and partition."""

import re
from collections.abc import Mapping, Sequence

from collectors.parsers.slurm import values
from collectors.parsers.slurm.gpus import gpus_in
from collectors.parsers.slurm.hosts import check_host, expand_hosts
from usermon.queue_records import Node

# One of each: the state in one word, or in all of its words.
NEEDED = (frozenset({"NODELIST", "STATE"}), frozenset({"NODELIST", "STATECOMPLETE"}))
DEFAULT_HEADER = ("PARTITION", "AVAIL", "TIMELIMIT", "NODES", "STATE", "NODELIST")
NAME_AND_STATE = re.compile(r"([A-Za-z0-9_][^,\s|]{0,254}),([a-z_]{2,30}[*~#!%$@^+-]{0,3})", re.ASCII)
_PROCESSORS = re.compile(r"(\d{1,9})/(\d{1,9})/(\d{1,9})/(\d{1,9})", re.ASCII)
MEMORY_AND_STATE = re.compile(r"(\S+)\s+(\d{1,15})\s+(\d{1,15})\s+(\d+/\d+/\d+/\d+)\s+(\S+)\s*", re.ASCII)
_STATE = re.compile(r"[a-z_]{1,30}(?:\+[a-z_]{1,30})*[*~#!%$@^+-]{0,3}", re.ASCII)


def node_of_row(columns: Sequence[str], row: Sequence[str]) -> Node:
    """Raises ValueError for a row that makes no sense."""
    cells = {name: value.strip() for name, value in zip(columns, row, strict=True)}
    allocated, processors = 0, 0
    if (shown := cells.get("CPUS(A/I/O/T)")) is not None:
        allocated, processors = _processors(shown)
    return Node(
        name=check_host(cells["NODELIST"]),
        state=check_node_state(cells["STATECOMPLETE"] if "STATECOMPLETE" in cells else cells["STATE"]),
        load=_load(cells),
        n_procs=processors,
        n_running=allocated,
        queues=_queues(cells),
        gpus=gpus_in(cells.get("GRES", "")),
        gpus_used=gpus_in(cells.get("GRES_USED", "")),
        memory_bytes=values.size(cells["MEMORY"]) if cells.get("MEMORY") else None,
    )


def node_of_pair(line: str) -> Node:
    """`wk0001,idle`. Raises ValueError."""
    match = NAME_AND_STATE.fullmatch(line.strip())
    if not match:
        raise ValueError("not like wk0001,idle")
    return Node(check_host(match[1]), match[2], None, 0, 0)


def node_of_memory_line(line: str) -> Node:
    """Node, MB in use, MB, processors, state. Raises ValueError."""
    match = MEMORY_AND_STATE.fullmatch(line.strip())
    if not match:
        raise ValueError("not the five columns node, allocated MB, MB, CPUs A/I/O/T, state")
    allocated, processors = _processors(match[4])
    name, state = check_host(match[1]), check_node_state(match[5])
    return Node(name, state, None, processors, allocated, memory_bytes=values.size(match[3]))


def nodes_of_default_line(line: str) -> list[Node]:
    """A line of plain `sinfo`: the nodes of one state in one partition. Raises ValueError."""
    words = line.split()
    if len(words) != len(DEFAULT_HEADER):
        raise ValueError(f"{len(words)} columns instead of {len(DEFAULT_HEADER)}")
    cells = dict(zip(DEFAULT_HEADER, words, strict=True))
    values.count(cells["NODES"], "NODES")
    state = check_node_state(cells["STATE"])
    return [Node(host, state, None, 0, 0, queues=_queues(cells)) for host in expand_hosts(cells["NODELIST"])]


def check_node_state(state: str) -> str:
    if not _STATE.fullmatch(state):
        raise ValueError("the state is missing" if not state else "the state is none of Slurm's")
    return state


def _processors(text: str) -> tuple[int, int]:
    """Those in use, and all of them."""
    match = _PROCESSORS.fullmatch(text)
    if not match:
        raise ValueError("the CPUs are not like 4/60/0/64")
    return int(match[1]), int(match[4])


def _queues(cells: Mapping[str, str]) -> tuple[str, ...]:
    partition = cells.get("PARTITION", "").removesuffix("*")  # the star is on the default one
    return (partition,) if partition else ()


def _load(cells: Mapping[str, str]) -> float | None:
    load = values.number(cells.get("CPU_LOAD", ""))
    if load is not None and load < 0:
        raise ValueError("the load is negative")
    return None if load is None else float(load)
