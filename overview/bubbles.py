"""One volume's users as bubbles: x = GB there, y = files there, size = GB on the other volume.

Ten thousand bubbles are slow to draw and show nothing but ink. The largest are drawn one by one; where
smaller ones crowd together, one ring stands for them all and says how many they are.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from overview.storage_table import StorageTable

# SVG stays fluid up to here (measured: 10 000 take 2 s to draw and 50 ms for each move of the mouse).
DRAWN_ONE_BY_ONE = 600
_CELLS_PER_DECADE = 4


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
            others = [there.gb for name, there in row.volumes.items() if name != volume]
            found.append(Bubble(row.user, here.gb, here.files, sum(others) if others else None))
    return found


def crowded(
    everybody: Sequence[Bubble], one_by_one: int = DRAWN_ONE_BY_ONE
) -> tuple[list[Bubble], list[Crowd]]:
    """Whom to draw alone, and the crowds. Everybody is in exactly one of them."""
    if len(everybody) <= one_by_one:
        return list(everybody), []
    by_weight = sorted(everybody, key=_weight_among(everybody), reverse=True)
    alone, rest = by_weight[:one_by_one], by_weight[one_by_one:]
    cells: dict[tuple[int | None, int | None], list[Bubble]] = {}
    for bubble in rest:
        cells.setdefault((_cell(bubble.x), _cell(bubble.y)), []).append(bubble)
    crowds = []
    for members in cells.values():
        if len(members) == 1:
            alone.append(members[0])
        else:
            crowds.append(_crowd(members))
    return alone, sorted(crowds, key=lambda crowd: crowd.count, reverse=True)


def _weight_among(everybody: Sequence[Bubble]) -> Callable[[Bubble], tuple[float, str]]:
    largest_x = max(bubble.x for bubble in everybody) or 1
    largest_y = max(bubble.y for bubble in everybody) or 1
    largest_size = max(bubble.size or 0 for bubble in everybody) or 1

    def weight(bubble: Bubble) -> tuple[float, str]:
        share = max(bubble.x / largest_x, bubble.y / largest_y, (bubble.size or 0) / largest_size)
        return share, bubble.user

    return weight


def _cell(amount: float) -> int | None:
    return math.floor(math.log10(amount) * _CELLS_PER_DECADE) if amount > 0 else None


def _crowd(members: Sequence[Bubble]) -> Crowd:
    xs, ys = [member.x for member in members], [member.y for member in members]
    return Crowd(
        count=len(members),
        x=sum(xs) / len(xs),
        y=sum(ys) / len(ys),
        x_range=(min(xs), max(xs)),
        y_range=(min(ys), max(ys)),
        users=tuple(sorted(member.user for member in members)),
    )
