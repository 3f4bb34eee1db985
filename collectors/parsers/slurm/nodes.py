"""Nodes of a cluster, each once: sinfo names a node in each of its partitions."""

from dataclasses import replace

from usermon.queue_records import Node

# What sinfo adds to a state: no answer, powering, planned maintenance and so on.
STATE_FLAGS = "*~#!%$@^+-"
# When partitions contradict each other the least free state is believed.
_MOST_FREE_LAST = (
    *({"down", "fail", "failing", "error", "inval", "unknown", "future"}, {"drained", "drain"}),
    *({"draining", "drng"}, {"maint", "reserved", "resv"}, {"allocated", "alloc", "completing", "comp"}),
    *({"mixed", "mix"}, {"planned", "plnd"}, {"idle"}),
)


class Nodes:
    """Collects nodes by name, in the order in which they came."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def add(self, node: Node) -> None:
        known = self._nodes.get(node.name)
        if known is not None:
            queues = dict.fromkeys((*known.queues, *node.queues))
            node = replace(known, state=less_free(known.state, node.state), queues=tuple(queues))
        self._nodes[node.name] = node

    def in_order(self) -> list[Node]:
        return list(self._nodes.values())


def less_free(one: str, other: str) -> str:
    return min(one, other, key=_freedom)


def _freedom(state: str) -> int:
    word = state.rstrip(STATE_FLAGS)
    places = [place for place, words in enumerate(_MOST_FREE_LAST) if word in words]
    return places[0] if places else 0
