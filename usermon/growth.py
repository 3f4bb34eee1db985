"""How fast a volume fills, and when it will be full. Pure, and wary: no date is better than a wrong one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DAY = 86_400
# "At present" is so long: weekends and one clean-up do not decide alone.
WINDOW_SECONDS = 14 * DAY
_FEWEST_SAMPLES = 6
_SHORTEST_SPAN = DAY
# Slopes between all pairs of so many moments: enough to be steady, few enough to cost no millisecond.
_MOMENTS = 40
# Of all pairs, growing ones must be ahead of shrinking ones by so much; noise alone gives about nothing.
_CLEAR_DIRECTION = 0.35
FARTHEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days` from now until the limit, when growth goes on as it does at present; None for the other kinds.

    "unknown": too few samples. "level": no growth that one could speak of. "far": not within two years.
    """

    kind: Literal["full", "far", "level", "unknown"]
    days: float | None = None


def outlook(growth: float | None, value: float, limit: float, age_seconds: float) -> Outlook:
    """When `value`, sampled `age_seconds` ago and growing by `growth` a second, reaches `limit`."""
    if value >= limit:
        return Outlook("full", 0.0)
    if growth is None:
        return Outlook("unknown")
    if growth <= 0:
        return Outlook("level")
    days = ((limit - value) / growth - max(0.0, age_seconds)) / DAY
    return Outlook("far") if days > FARTHEST_DAYS else Outlook("full", max(0.0, days))


def present_growth(time: Sequence[int], values: Sequence[float]) -> float | None:
    """Units a second over the last two weeks of samples (`time` in epoch seconds, ascending); 0 when there is
    no clear direction upwards.

    The median of the slopes between all pairs (Theil and Sen): a jump, a clean-up, a wrong sample move it
    little. None when there are too few samples, or over too short a time, to say anything.
    """
    chosen = _moments(time)
    if len(chosen) < _FEWEST_SAMPLES or time[chosen[-1]] - time[chosen[0]] < _SHORTEST_SPAN:
        return None
    slopes = sorted(
        (values[after] - values[before]) / (time[after] - time[before])
        for place, after in enumerate(chosen)
        for before in chosen[:place]
        if time[after] > time[before]
    )
    if not slopes:
        return None
    growing = len(slopes) - bisect_left(slopes, 0.0) - _level(slopes)
    shrinking = bisect_left(slopes, 0.0)
    if (growing - shrinking) / len(slopes) < _CLEAR_DIRECTION:
        return 0.0
    middle = len(slopes) // 2
    return max(0.0, (slopes[middle] + slopes[~middle]) / 2)


def _level(slopes: list[float]) -> int:
    return bisect_left(slopes, 5e-324) - bisect_left(slopes, 0.0)


def _moments(time: Sequence[int]) -> list[int]:
    """Positions evenly over the window, however unevenly samples came; the newest is one of them."""
    if not time:
        return []
    last = len(time) - 1
    first = bisect_left(time, time[last] - WINDOW_SECONDS)
    if last - first < _MOMENTS:
        return list(range(first, last + 1))
    step = (time[last] - time[first]) / (_MOMENTS - 1)
    return sorted({min(bisect_left(time, time[first] + n * step), last) for n in range(_MOMENTS)} | {last})
