"""Where the names of bubbles find room: beside their bubble, or farther off with a line to it. Pure."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# In points.
_HEIGHT = 11.0
_GAPS = (2.0, 9.0, 18.0, 28.0)
# A picture has so much room on the right of its axes.
_BEYOND = 45.0
_STEPS = 12
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_CLEAR = 1.0


class Bubble(NamedTuple):
    """In points, from the lower left corner of the axes."""

    x: float
    y: float
    radius: float


class Place(NamedTuple):
    """The middle of a name, from the middle of its bubble, in points; `is_far`: a line belongs to it."""

    right: float
    up: float
    is_far: bool


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float


def places(
    named: Sequence[tuple[Bubble, float]], all_: Sequence[Bubble], width: float, height: float
) -> list[Place | None]:
    """For each of `named`, with the width of its name, a place on axes of `width` and `height` where it
    covers neither a bubble nor a name, and its line crosses no name; None where there is none. Those that
    come first choose first."""
    taken: list[_Box] = []
    lines: list[tuple[float, float]] = []
    found: list[Place | None] = []
    for bubble, wide in named:
        found.append(None)
        for place in _around(bubble, wide):
            x, y = bubble.x + place.right, bubble.y + place.up
            box = _Box(x - wide / 2, y - _HEIGHT / 2, x + wide / 2, y + _HEIGHT / 2)
            line = [*_line(bubble, place)] if place.is_far else []
            if box.left < 0 or box.bottom < 0 or box.right > width + _BEYOND or box.top > height:
                continue
            if any(_overlap(box, other) or any(_holds(other, point) for point in line) for other in taken):
                continue
            if any(_holds(box, point) for point in lines) or any(_covers(box, one) for one in all_):
                continue
            taken.append(box)
            lines += line
            found[-1] = place
            break
    return found


def _line(bubble: Bubble, place: Place) -> Iterator[tuple[float, float]]:
    """Points of it, so close that no name fits between two."""
    for step in range(1, _STEPS):
        yield bubble.x + place.right * step / _STEPS, bubble.y + place.up * step / _STEPS


def _around(bubble: Bubble, wide: float) -> Iterator[Place]:
    for gap in _GAPS:
        for across, up in _DIRECTIONS:
            # A diagonal is as far from the bubble as the others.
            away = (bubble.radius + gap) * (math.sqrt(0.5) if across and up else 1.0)
            yield Place(across * (away + wide / 2), up * (away + _HEIGHT / 2), gap > _GAPS[0])


def _overlap(one: _Box, other: _Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.bottom < other.top
        and other.bottom < one.top
    )


def _holds(box: _Box, point: tuple[float, float]) -> bool:
    return box.left < point[0] < box.right and box.bottom < point[1] < box.top


def _covers(box: _Box, bubble: Bubble) -> bool:
    across = max(box.left - bubble.x, 0.0, bubble.x - box.right)
    up = max(box.bottom - bubble.y, 0.0, bubble.y - box.top)
    return across * across + up * up < (bubble.radius + _CLEAR) ** 2
