"""One volume's users as bubbles: x = GiB there, y = files there, size = GiB on the other volume.

Ten thousand bubbles are slow to draw and show nothing but ink. The largest are drawn one by one; where
smaller ones crowd together, one ring stands for them all and says how many they are.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from overview.storage_table import StorageTable

# SVG stays fluid up to here (measured: 10 000 take 2 s to draw and 50 ms for each move of the mouse).
DRAWN_ONE_BY_ONE = 600
_CELLS_PER_DECADE = 4
_CELL_EDGES = [
    10 ** (step / _CELLS_PER_DECADE) for step in range(-8 * _CELLS_PER_DECADE, 16 * _CELLS_PER_DECADE)
]


class Bubble(NamedTuple):
    """`size` is None where nothing is known of the user on another volume."""

    user: str
    x: float
    y: int
    size: float | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Users whose bubbles lie together: the range that they cover and where their middle is."""

    count: int
    x: float
    y: float
    x_range: tuple[float, float]
    y_range: tuple[int, int]
    users: tuple[str, ...]


def bubbles(table: StorageTable, volume: str) -> list[Bubble]:
    """Everybody with data on `volume`; with more than two volumes, the size sums up all others."""
    found = []
    for row in table.rows:
        here = row.volumes.get(volume)
        if here is not None:
            size = None
            for name, there in row.volumes.items():
                if name != volume:
                    size = there.gb if size is None else size + there.gb
            found.append(Bubble(row.user, here.gb, here.files, size))
    return found


def crowded(
    everybody: Sequence[Bubble], one_by_one: int = DRAWN_ONE_BY_ONE
) -> tuple[list[Bubble], list[Crowd]]:
    """Whom to draw alone, and the crowds. Everybody is in exactly one of them."""
    if len(everybody) <= one_by_one:
        return list(everybody), []
    weights = _weights(everybody)
    least = sorted(weights)[-one_by_one]
    alone = [bubble for bubble, weight in zip(everybody, weights, strict=True) if weight > least]
    cells: dict[tuple[int, int], list[Bubble]] = {}
    for bubble, weight in zip(everybody, weights, strict=True):
        if weight <= least:
            # Zero comes before the first edge: a cell of its own.
            cell = (bisect_right(_CELL_EDGES, bubble.x), bisect_right(_CELL_EDGES, bubble.y))
            cells.setdefault(cell, []).append(bubble)
    crowds = []
    for members in cells.values():
        if len(members) == 1:
            alone.append(members[0])
        else:
            crowds.append(_crowd(members))
    return alone, sorted(crowds, key=lambda crowd: crowd.count, reverse=True)


def _weights(everybody: Sequence[Bubble]) -> list[float]:
    """How much each stands out: the largest share that they have in x, y or size."""
    per_x = 1 / (max(bubble.x for bubble in everybody) or 1)
    per_y = 1 / (max(bubble.y for bubble in everybody) or 1)
    per_size = 1 / (max(bubble.size or 0 for bubble in everybody) or 1)
    return [max(x * per_x, y * per_y, (size or 0) * per_size) for _, x, y, size in everybody]


def _crowd(members: Sequence[Bubble]) -> Crowd:
    xs, ys = [member.x for member in members], [member.y for member in members]
    return Crowd(
        count=len(members),
        x=sum(xs) / len(xs),
        y=sum(ys) / len(ys),
        x_range=(min(xs), max(xs)),
        y_range=(min(ys), max(ys)),
        users=tuple(member.user for member in members),
    )
