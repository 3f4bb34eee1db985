"""A quota in words: how full, over by how much, what grace is left, how long until full. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from usermon.growth import Outlook, outlook, present_growth
from usermon.numbers import number

Level = Literal["fine", "near", "over"]
EXPIRED = "expired"
NEAR_SHARE = 0.9
_NEAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds one kind of numbers, in their own unit (GiB or files). A limit of None is none.

    `grace` is what was left of the time above the soft limit when it was sampled: "6 days" or "expired".
    """

    soft: float | int | None = None
    hard: float | int | None = None
    grace: str | None = None

    @property
    def known(self) -> tuple[float | int, ...]:
        """The soft one first; one that both are stands once."""
        return tuple(dict.fromkeys(limit for limit in (self.soft, self.hard) if limit is not None))

    @property
    def last(self) -> float | int | None:
        """Beyond which nothing can be written."""
        return self.soft if self.hard is None else self.hard

    def name_of(self, limit: float | int) -> str:
        if len(self.known) == 1:
            return "limit" if self.soft == self.hard or self.soft is None else "soft limit"
        return "soft limit" if limit == self.soft else "hard limit"


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class QuotaWords:
    """For a card: `share` and `soft_share` (0 to 1) are of the bar, whose end is the last limit."""

    unit: str
    level: Level
    share: float
    soft_share: float | None
    fullness: str
    outlook: str


def quota_words(
    limits: Limits,
    time: Sequence[int],
    values: Sequence[float | int],
    unit: str,
    age_seconds: float | None,
) -> QuotaWords | None:
    """None without limits. `values` were sampled at `time`, epoch seconds, ascending; the newest of them
    `age_seconds` ago, or None when they are too old to say how things go on."""
    if not limits.known or limits.last is None:
        return None
    value, last = values[-1], limits.last
    growth = None if age_seconds is None else present_growth(time, values)
    trend = _Trend(growth, value, age_seconds or 0.0)
    soft = limits.soft if limits.soft is not None and limits.soft < last else None
    return QuotaWords(
        unit=unit,
        level=_level(limits, trend),
        share=min(1.0, value / last),
        soft_share=soft / last if soft is not None else None,
        fullness=fullness(limits, value, unit),
        outlook=_outlook(limits, trend),
    )


def over_words(limits: Limits, value: float | int, unit: str) -> str | None:
    """What is wrong, and what it means; None while no limit is passed."""
    if limits.hard is not None and value >= limits.hard:
        return (
            f"The {limits.name_of(limits.hard)} of {short_amount(limits.hard)} {unit} is reached: {_BLOCKED}."
        )
    if limits.soft is None or value <= limits.soft:
        return None
    by = short_amount(value - limits.soft)
    over = f"Over the soft limit of {short_amount(limits.soft)} {unit} by {by} {unit}"
    if limits.grace == EXPIRED:
        return f"{over}, and the grace time is over: {_BLOCKED}."
    if limits.grace:
        return f"{over}. Time left to get below it: {limits.grace}."
    return f"{over}."


_BLOCKED = "nothing more can be written until some is removed"


class _Trend(NamedTuple):
    growth: float | None
    value: float | int
    age_seconds: float

    def until(self, limit: float | int) -> Outlook:
        return outlook(self.growth, self.value, limit, self.age_seconds)


def _level(limits: Limits, trend: _Trend) -> Level:
    if over_words(limits, trend.value, ""):
        return "over"
    nearest = min(limits.known)
    days = trend.until(nearest).days
    is_near = trend.value >= NEAR_SHARE * nearest or (days is not None and days <= _NEAR_DAYS)
    return "near" if is_near else "fine"


def fullness(limits: Limits, value: float | int, unit: str) -> str:
    """How full, or over by how much. There must be a limit."""
    over = over_words(limits, value, unit)
    if over is not None:
        if limits.hard is None or value >= limits.hard:
            return over
        return f"{over} {_shares(limits, value, unit, (limits.hard,))}."
    return f"{_shares(limits, value, unit, limits.known)}."


def _shares(limits: Limits, value: float | int, unit: str, of: tuple[float | int, ...]) -> str:
    return ", ".join(
        f"{_percent(value, limit)} of the {limits.name_of(limit)} of {short_amount(limit)} {unit}"
        for limit in of
    )


def _outlook(limits: Limits, trend: _Trend) -> str:
    """Nothing where there is nothing to say: too few samples, or nothing can be written already."""
    value, last = trend.value, limits.last
    is_blocked = limits.soft is not None and value > limits.soft and limits.grace == EXPIRED
    if last is None or value >= last or is_blocked:
        return ""
    full = trend.until(last)
    soft = limits.soft if limits.soft is not None and value < limits.soft < last else None
    before = trend.until(soft) if soft is not None else Outlook("unknown")
    if full.kind == "level":
        return "Not growing at present."
    if full.kind == "far" and before.kind != "full":
        return "Not full within two years at the present growth."
    if before.days is not None and full.days is not None:
        return (
            f"Soft limit in about {_days(before.days)}, full in about {_days(full.days)} "
            "at the present growth."
        )
    if before.days is not None:
        return f"Soft limit in about {_days(before.days)} at the present growth."
    if full.days is not None:
        name = "Full" if limits.hard is not None else "Soft limit"
        return f"{name} in about {_days(full.days)} at the present growth."
    return ""


def _days(days: float) -> str:
    count = max(1, round(days))
    return "1 day" if count == 1 else f"{number(count)} days"


def _percent(value: float | int, limit: float | int) -> str:
    """Rounded down: 100 % is full, and nothing else is."""
    percent = math.floor(100 * value / limit)
    return f"{number(percent)} %" if percent or not value else "less than 1 %"


def short_amount(value: float | int) -> str:
    """Short: a limit of 97.65625 GiB is 97.7 GiB to whoever reads it."""
    rounded = round(value, 0 if value >= 1_000 else 1 if value >= 10 else 2)
    if value and not rounded:
        return "less than 0.01"
    return number(int(rounded) if rounded == int(rounded) else rounded)
