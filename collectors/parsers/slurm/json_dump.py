"""`squeue --json`, `sinfo --json`, `scontrol show nodes --json`: what is in them, one by one."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from collectors.parsers.slurm.json_jobs import job_of
from collectors.parsers.slurm.json_nodes import node_of, nodes_of_row
from collectors.parsers.slurm.records import QueuedJob
from usermon.queue_records import Node

Found = QueuedJob | Node
Read = Callable[[Any], Sequence[Found]]
_READERS: dict[str, Read] = {
    "jobs": lambda item: (job_of(item),),
    "nodes": lambda item: (node_of(item),),
    "sinfo": nodes_of_row,
}


def read_json(text: str) -> Iterator[tuple[str, Sequence[Found] | ValueError]]:
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
    for key, read in _READERS.items():
        items = document.get(key)
        if isinstance(items, list):
            return _each(key, items, read)
    raise ValueError("no JSON of squeue or sinfo: it has neither jobs nor nodes")


def _each(key: str, items: list[Any], read: Read) -> Iterator[tuple[str, Sequence[Found] | ValueError]]:
    for place, item in enumerate(items):
        name = f"{key}[{place}]"
        try:
            if not isinstance(item, dict):
                raise ValueError(f"{name} is no object")
            name += f": {str(item.get('job_id', item.get('name', '')))[:60]}"
            yield name, read(item)
        except ValueError as error:
            yield name, error
