"""Where everything of a kind is silent at once, one thing is wrong and not two thousand."""

from collections.abc import Sequence
from typing import Any

from alerts import SERIOUS, Trouble
from alerts.survey import in_order
from overview.host_board import Board
from overview.shown import number

# Of two that are silent, both may be down.
_FEWEST = 3
_REMEDY = "See that `usermon-collect forever` runs, here and on the machines that deliver: /collection tells."


def told_once(found: Sequence[Trouble], hosts: Board, clusters: Sequence[dict[str, Any]]) -> list[Trouble]:
    """`found`, where all hosts, or all clusters, fell silent together, with one trouble instead of theirs.

    For people who look: alerts go on to tell of each, so that each begins and ends by itself. Clusters whose
    sources say why they fail are told of one by one.
    """
    told = list(found)
    if hosts.is_old and (awaited := len(hosts.tiles) - hosts.gone) >= _FEWEST:
        told = [one for one in told if one.kind != "host"]
        told.append(_stands_still("host", "/hosts", awaited, hosts.newest_time))
    seen = [row for row in clusters if row["time"] is not None]
    late = {one.subject for one in told if one.kind == "cluster"}
    if len(seen) >= _FEWEST and all(row["name"] in late and row["error"] is None for row in seen):
        told = [one for one in told if one.kind != "cluster"]
        newest = max(row["time"] for row in seen)
        told.append(_stands_still("cluster", "/queues", len(seen), newest))
    return in_order(told)


def _stands_still(kind: str, area: str, count: int, since: float | None) -> Trouble:
    return Trouble(
        kind=kind,
        area=area,
        subject="",
        severity=SERIOUS,
        since=None if since is None else int(since),
        words=f"No {kind} gives news: rather the collection stands still than all {number(count)} of them",
        remedy=_REMEDY,
        link=area,
    )
