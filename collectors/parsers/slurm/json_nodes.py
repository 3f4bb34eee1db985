"""Nodes in `sinfo --json` and `scontrol show nodes --json`."""

from collectors.parsers.slurm.gpus import gpus_in
from collectors.parsers.slurm.hosts import check_host, expand_hosts
from collectors.parsers.slurm.json_values import Item, number, part, text, whole, words
from collectors.parsers.slurm.sinfo import check_node_state
from usermon.queue_records import Node

_MIB = 1 << 20


def node_of(item: Item) -> Node:
    """One of `nodes`: a node. Raises ValueError for what makes no sense."""
    processors = whole(item, "cpus")
    if processors is None:
        raise ValueError("cpus is missing")
    load = number(item, "cpu_load")
    memory = whole(item, "real_memory")
    partitions = item.get("partitions")
    return Node(
        name=check_host(text(item, "name")),
        state=check_node_state("+".join((*words(item, "state"), *words(item, "state_flags"))).lower()),
        load=None if load is None else load / 100,  # Slurm keeps hundredths
        n_procs=processors,
        n_running=whole(item, "alloc_cpus") or 0,
        queues=tuple(str(name) for name in partitions) if isinstance(partitions, list) else (),
        gpus=gpus_in(text(item, "gres")),
        gpus_used=gpus_in(text(item, "gres_used")),
        memory_bytes=None if memory is None else memory * _MIB,
    )


def nodes_of_row(item: Item) -> list[Node]:
    """One of `sinfo`, as sinfo prints it from 23.02 on: a row of its table, the nodes of one state in one
    partition; with --Node each alone. Raises ValueError for what makes no sense."""
    listed = words(part(item, "nodes"), "nodes")
    names = [check_host(name) for one in listed for name in expand_hosts(one)]
    if not names:
        raise ValueError("names no node")
    cpus, gres = part(item, "cpus"), part(item, "gres")
    total, allocated = whole(cpus, "total"), whole(cpus, "allocated") or 0
    if total is None:
        raise ValueError("cpus is missing")
    if len(names) > 1 and (total % len(names) or allocated not in (0, total)):
        raise ValueError("tells the processors in use of several nodes together: ask `sinfo --Node --json`")
    state = check_node_state("+".join(words(part(item, "node"), "state")).lower())
    memory = whole(part(item, "memory"), "maximum")
    partition = text(part(item, "partition"), "name")
    return [
        Node(
            name=name,
            state=state,
            load=None,
            n_procs=total // len(names),
            n_running=allocated // len(names),
            queues=(partition,) if partition else (),
            gpus=gpus_in(text(gres, "total")),
            gpus_used=gpus_in(text(gres, "used")),
            memory_bytes=None if memory is None else memory * _MIB,
        )
        for name in names
    ]
