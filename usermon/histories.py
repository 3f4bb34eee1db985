"""From a volume's history to what plots and cards need: exact numbers, local times, holes, changes."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from usermon.published_storage import VolumeHistory
from usermon.quotas import NO_LIMITS, Limits
from usermon.units import gb_from_bytes

DAY = 86400
# A hole is a step this much longer than those around it. Steps differ within one history: old samples are
# thinned to one a day, so each step is compared with its neighbours, not with the history's average.
_HOLE_FACTOR = 3.5
_NEIGHBOURS = 9
_STALE_AT_LEAST = 3 * 3600
_STALE_STEPS = 4


@dataclass(frozen=True, slots=True)
class History:
    """One volume's samples, ascending; `gb` holds the very numbers of the quota report."""

    volume: str
    time: list[int]
    gb: list[float | int]
    files: list[int]
    holes: tuple[int, ...]  # positions whose sample comes after a hole
    gb_limits: Limits = NO_LIMITS
    files_limits: Limits = NO_LIMITS

    @property
    def usual_step_seconds(self) -> float:
        """How far the newest samples lie apart; 0 when there is but one."""
        steps = _steps(self.time[-_NEIGHBOURS - 1 :])
        return _median(steps) if steps else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """Growth since an earlier sample."""

    gb: float | int
    files: int


def history_of(volume: str, published: VolumeHistory) -> History:
    gb = [gb_from_bytes(used_bytes) for used_bytes in published.used_bytes]
    gb_limits = Limits(
        _gb(published.soft_limit_bytes), _gb(published.hard_limit_bytes), published.bytes_grace
    )
    files_limits = Limits(
        published.soft_limit_files or None, published.hard_limit_files or None, published.files_grace
    )
    return History(
        volume,
        published.time,
        gb,
        published.files,
        find_holes(published.time),
        gb_limits,
        files_limits,
    )


def _gb(limit: int | None) -> float | int | None:
    # A limit of one byte locks somebody out; in GiB with eight decimals it must not become none at all.
    return (gb_from_bytes(limit) or 1e-8) if limit else None


def find_holes(time: list[int]) -> tuple[int, ...]:
    steps = _steps(time)
    # Nearly all steps are ruled out by this alone; medians are for the few that are left.
    never_a_hole = _HOLE_FACTOR * min(steps, default=0)
    holes = []
    for position, step in enumerate(steps):
        if step <= never_a_hole:
            continue
        around = [
            _median(side)
            for side in (
                steps[max(0, position - _NEIGHBOURS) : position],
                steps[position + 1 :][:_NEIGHBOURS],
            )
            if side
        ]
        if around and step > _HOLE_FACTOR * max(around):
            holes.append(position + 1)
    return tuple(holes)


def change_over(history: History, days: int) -> Change | None:
    """What came or went in the last `days` before the newest sample; None without a sample near that time."""
    moment = history.time[-1] - days * DAY
    position = bisect_right(history.time, moment) - 1
    # The newest sample that is old enough, unless it is so old that "over a week" would be a lie.
    if position < 0 or moment - history.time[position] > max(DAY, days * DAY * 0.2):
        return None
    return Change(
        _difference(history.gb[-1], history.gb[position]), history.files[-1] - history.files[position]
    )


def is_late(history: History, now: float) -> bool:
    """Whether samples should have come long since."""
    return now - history.time[-1] > max(_STALE_AT_LEAST, _STALE_STEPS * history.usual_step_seconds)


def local_milliseconds(time: list[int], zone: ZoneInfo) -> list[int]:
    """Plotly knows no zones: it is given the clock on the facility's wall, here as if that were UTC."""
    return [1000 * (second + _offset(second, zone)) for second in time]


def times_of_one_clock(
    times: Mapping[str, list[int]], zone: ZoneInfo
) -> tuple[dict[str, list[int]], int | None]:
    """`times` as the clock on the wall has them, in milliseconds. Where it was set back among them, an hour
    comes twice, and lines would run backwards: all of them then stand by the clock of the newest. How many
    seconds that one is ahead of UTC is told beside them, else None. The overview's plots do the same."""
    walls = {name: local_milliseconds(column, zone) for name, column in times.items()}
    pairs = {pair for name in times for pair in zip(times[name], walls[name], strict=True)}
    if all(before[1] < after[1] for before, after in pairwise(sorted(pairs))):
        return walls, None
    ahead = _offset(max(column[-1] for column in times.values() if column), zone)
    return {name: [1000 * (second + ahead) for second in column] for name, column in times.items()}, ahead


def _offset(second: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _median(numbers: list[int]) -> float:
    # Not from statistics: it brings random and fractions, 8 ms in every container.
    ordered, middle = sorted(numbers), len(numbers) // 2
    return (ordered[middle] + ordered[~middle]) / 2


def _steps(time: list[int]) -> list[int]:
    return [after - before for before, after in pairwise(time)]


def _difference(after: float, before: float) -> float | int:
    # Reports hold at most eight decimals; so does their difference, without the dust of binary fractions.
    difference = round(after - before, 8)
    return int(difference) if difference == int(difference) else difference
