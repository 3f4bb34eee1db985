"""Whose storage grew and shrank most within a week and a month. Pure."""

from collections.abc import Sequence
from heapq import nlargest, nsmallest
from typing import NamedTuple

from usage_store.storage import LatestUsage
from usermon.units import GIB

PERIODS = ("week", "month")
# Less is no news, whatever the facility's size.
_LEAST = GIB // 10


class Grower(NamedTuple):
    """One user on one volume; amounts in GiB, rounded to what people compare."""

    user: str
    volume: str
    then: float
    now: float
    change: float
    files_change: int


class Growers(NamedTuple):
    period: str
    top: tuple[Grower, ...]
    shrunk: tuple[Grower, ...]
    known: int  # of how many series anything is known of that time


def growers(latest: Sequence[LatestUsage], most: int) -> tuple[Growers, ...]:
    """For each of PERIODS, at most `most` of each kind; who is new since then has not grown, but come."""
    return tuple(_growers(latest, period, most) for period in PERIODS)


def _growers(latest: Sequence[LatestUsage], period: str, most: int) -> Growers:
    changes: list[tuple[int, int, LatestUsage]] = []
    for place, usage in enumerate(latest):
        then = usage.week_ago_bytes if period == "week" else usage.month_ago_bytes
        if then is not None:
            changes.append((usage.used_bytes - then, -place, usage))
    return Growers(
        period,
        tuple(_grower(period, usage) for change, _, usage in nlargest(most, changes) if change >= _LEAST),
        tuple(_grower(period, usage) for change, _, usage in nsmallest(most, changes) if change <= -_LEAST),
        len(changes),
    )


def _grower(period: str, usage: LatestUsage) -> Grower:
    week = period == "week"
    then = (usage.week_ago_bytes if week else usage.month_ago_bytes) or 0
    files = (usage.week_ago_files if week else usage.month_ago_files) or 0
    return Grower(
        usage.user,
        usage.volume,
        _gb(then),
        _gb(usage.used_bytes),
        _gb(usage.used_bytes - then),
        usage.files - files,
    )


def _gb(amount: int) -> float:
    gb = round(amount / GIB, 1 if abs(amount) < 100 * GIB else 0)
    return int(gb) if gb == int(gb) else gb
