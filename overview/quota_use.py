"""Who fills their quotas: from the newest samples and limits to a list by fullness. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Literal, NamedTuple

from usage_store.storage import LatestUsage, StandingLimits
from usermon.quotas import NEAR_SHARE, Level, Limits, fullness
from usermon.units import gb_from_bytes

Unit = Literal["GiB", "files"]
_LEVELS: tuple[Level, ...] = ("over", "near", "fine")
_OVER, _NEAR, _FINE = range(3)


class QuotaUse(NamedTuple):
    """One user's one limit. `share` is of the last limit, beyond which nothing can be written."""

    user: str
    volume: str
    unit: Unit
    value: float
    limits: Limits
    share: float
    level: Level

    @property
    def words(self) -> str:
        return fullness(self.limits, self.value, self.unit)

    @property
    def soft_share(self) -> float | None:
        """Where the soft limit lies on the way to the last one."""
        soft, last = self.limits.soft, self.limits.last
        return soft / last if soft is not None and last is not None and soft < last else None


@dataclass(frozen=True, slots=True)
class QuotaUses:
    """`fullest` first who is over, then by fullness. Counts are of users; `limited` have any limit."""

    fullest: tuple[QuotaUse, ...]
    limited: int
    over: frozenset[str]
    near: frozenset[str]
    # Of each user and volume with limits: percent of the fullest, rounded down; and where one is passed.
    percent: Mapping[tuple[str, str], int]
    passed: frozenset[tuple[str, str]]


class _Ranked(NamedTuple):
    """Of one limit what its place in the list needs: thousands are ranked, few are shown."""

    rank: int
    fullness: float  # below 0, so that the fullest come first
    user: str
    volume: str
    unit: Unit


def quota_uses(
    latest: Sequence[LatestUsage],
    limits: Mapping[tuple[str, str], StandingLimits],
    *,
    most: int,
    most_fine: int,
) -> QuotaUses:
    """Of all users with limits; the `most` fullest in full, of whom those with nothing to worry about only
    make up `most_fine`."""
    ranked: list[_Ranked] = []
    percent: dict[tuple[str, str], int] = {}
    by_series: dict[tuple[str, str], LatestUsage] = {}
    for usage in latest:
        series = (usage.user, usage.volume)
        standing = limits.get(series)
        if standing is None:
            continue
        here = _ranked(usage, standing)
        if here:
            percent[series] = max(int(-100 * one.fullness) for one in here)
            by_series[series] = usage
            ranked += here
    over = frozenset(one.user for one in ranked if one.rank == _OVER)
    fullest = nsmallest(most, ranked)
    return QuotaUses(
        fullest=tuple(
            _use(one, by_series[one.user, one.volume], limits[one.user, one.volume])
            for place, one in enumerate(fullest)
            if one.rank != _FINE or place < most_fine
        ),
        limited=len({user for user, _ in percent}),
        over=over,
        near=frozenset(one.user for one in ranked if one.rank == _NEAR) - over,
        percent=percent,
        passed=frozenset((one.user, one.volume) for one in ranked if one.rank == _OVER),
    )


def _ranked(usage: LatestUsage, standing: StandingLimits) -> list[_Ranked]:
    # By position: forty thousand looks at fields by name take as long as all the rest. 0 is no limit.
    user, volume, _, used_bytes, files, *_ = usage
    soft, hard, soft_files, hard_files, _, _ = standing
    found = []
    if soft or hard:
        rank, fullness = _rank(used_bytes, soft, hard)
        found.append(_Ranked(rank, fullness, user, volume, "GiB"))
    if soft_files or hard_files:
        rank, fullness = _rank(files, soft_files, hard_files)
        found.append(_Ranked(rank, fullness, user, volume, "files"))
    return found


def _rank(value: int, soft: int | None, hard: int | None) -> tuple[int, float]:
    last = hard or soft or 1
    nearest = min(soft or last, last)
    if (hard and value >= hard) or (soft and value > soft):
        return _OVER, -value / last
    return (_NEAR if value >= NEAR_SHARE * nearest else _FINE), -value / last


def _use(ranked: _Ranked, usage: LatestUsage, standing: StandingLimits) -> QuotaUse:
    soft, hard, soft_files, hard_files, grace, files_grace = standing
    limits = Limits(_gb(soft), _gb(hard), grace)
    value: float = _gb(usage.used_bytes) or 0.0
    if ranked.unit == "files":
        limits, value = Limits(soft_files or None, hard_files or None, files_grace), usage.files
    level = _LEVELS[ranked.rank]
    return QuotaUse(ranked.user, ranked.volume, ranked.unit, value, limits, -ranked.fullness, level)


def _gb(some_bytes: int | None) -> float | None:
    # A limit of one byte is one, though eight decimals of a GiB do not hold it; so is what reaches it.
    return (gb_from_bytes(some_bytes) or 1e-8) if some_bytes else None
