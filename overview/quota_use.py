"""Who fills their quotas: from the newest samples and limits to a list by fullness. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from overview.shown import with_commas
from usage_store.storage import LatestUsage, StandingLimits
from usermon.quotas import NEAR_SHARE, Level, Limits, fullness
from usermon.units import gb_from_bytes

Unit = Literal["GB", "files"]
_RANKS: dict[Level, int] = {"over": 0, "near": 1, "fine": 2}


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
        return with_commas(fullness(self.limits, self.value, self.unit))

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


def quota_uses(
    latest: Sequence[LatestUsage],
    limits: Mapping[tuple[str, str], StandingLimits],
    *,
    most: int,
    most_fine: int,
) -> QuotaUses:
    """Of all users with limits; the `most` fullest in full, of whom those with nothing to worry about only
    make up `most_fine`."""
    uses: list[QuotaUse] = []
    percent: dict[tuple[str, str], int] = {}
    for usage in latest:
        standing = limits.get((usage.user, usage.volume))
        if standing is None:
            continue
        here = [use for use in _uses(usage, standing) if use is not None]
        if here:
            percent[usage.user, usage.volume] = max(int(100 * use.share) for use in here)
            uses += here
    over = frozenset(use.user for use in uses if use.level == "over")
    uses.sort(key=lambda use: (_RANKS[use.level], -use.share, use.user, use.volume))
    return QuotaUses(
        fullest=tuple(
            use for place, use in enumerate(uses[:most]) if use.level != "fine" or place < most_fine
        ),
        limited=len({user for user, _ in percent}),
        over=over,
        near=frozenset(use.user for use in uses if use.level == "near") - over,
        percent=percent,
        passed=frozenset((use.user, use.volume) for use in uses if use.level == "over"),
    )


def _uses(usage: LatestUsage, standing: StandingLimits) -> tuple[QuotaUse | None, QuotaUse | None]:
    soft, hard, soft_files, hard_files, grace, files_grace = standing
    return (
        _use(usage, "GB", usage.used_bytes, soft or None, hard or None, grace),
        _use(usage, "files", usage.files, soft_files or None, hard_files or None, files_grace),
    )


def _use(
    usage: LatestUsage, unit: Unit, value: int, soft: int | None, hard: int | None, grace: str | None
) -> QuotaUse | None:
    last = soft if hard is None else hard
    if last is None:
        return None
    level: Level = "fine"
    if (hard is not None and value >= hard) or (soft is not None and value > soft):
        level = "over"
    elif value >= NEAR_SHARE * min(limit for limit in (soft, hard) if limit is not None):
        level = "near"
    if unit == "files":
        return QuotaUse(usage.user, usage.volume, unit, value, Limits(soft, hard, grace), value / last, level)
    return QuotaUse(
        usage.user,
        usage.volume,
        unit,
        gb_from_bytes(value),
        Limits(_gb(soft), _gb(hard), grace),
        value / last,
        level,
    )


def _gb(limit: int | None) -> float | None:
    # A limit of one byte is one, though eight decimals of a GB do not hold it.
    return (gb_from_bytes(limit) or 1e-8) if limit else None
