"""How each volume grows, and how it would go on: from days to words and points. Pure.

The rule is that of docs/decisions/0015: the median of the slopes between all pairs of the daily totals of the
last two weeks (Theil and Sen), so that one clean-up or one delivery does not decide; and nothing is foretold
where there is no clear direction, too little is known, or no samples come any more. What users held when they
were measured for the first time is no growth.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

from usage_store.storage_days import VolumeDays
from usermon.growth import DAY, present_growth
from usermon.units import GIB

FORECAST_DAYS = 90
_PERIODS = (("week", 7), ("month", 30), ("year", 365))
# Days are whole, and collectors rest at weekends.
_LATE_SECONDS = 3 * DAY


class Change(NamedTuple):
    """What all users together came to hold since a `period` ago; `share` is of what they held then. What
    `new_users` held when they were measured for the first time, `new_gb`, is not among it."""

    period: str
    gb: float
    share: float | None
    files: int
    new_users: int
    new_gb: float


class VolumeGrowth(NamedTuple):
    """Times are epoch seconds. `gb_a_day` is 0 where nothing grows, None where nobody can tell; `forecast`
    is GB at the end of FORECAST_DAYS."""

    volume: str
    days: VolumeDays
    changes: tuple[Change, ...]
    gb_a_day: float | None
    forecast: float | None
    words: str

    @property
    def said(self) -> list[str]:
        """A sentence for each period: "12,000 GB more than a week ago (+1.2 %), +4,000 files"."""
        return [_change_words(change) for change in self.changes]

    def as_feed(self) -> dict[str, Any]:
        """For the page's script: points by columns, GB rounded to what a plot shows."""
        ahead = None
        if self.forecast is not None:
            end = self.days.time[-1] + FORECAST_DAYS * DAY
            ahead = {"time": [self.days.time[-1], end], "gb": [self._gb(-1), round(self.forecast, 1)]}
        return {
            "volume": self.volume,
            "time": self.days.time,
            "gb": [self._gb(place) for place in range(len(self.days.time))],
            "files": self.days.files,
            "users": self.days.users,
            "forecast": ahead,
            "words": self.words,
            "said": self.said,
        }

    def _gb(self, place: int) -> float:
        return round(self.days.used_bytes[place] / GIB, 1)


def growth_of_volumes(days: Mapping[str, VolumeDays], now: float) -> dict[str, VolumeGrowth]:
    """By volume; volumes of which nothing is known are left out."""
    return {volume: _growth(volume, known, now) for volume, known in days.items() if known.time}


def _growth(volume: str, days: VolumeDays, now: float) -> VolumeGrowth:
    changes = tuple(
        change
        for period, count in _PERIODS
        if (change := _change(days, period, _end_of_day(days.time[-1]) - count * DAY)) is not None
    )
    if now - days.time[-1] > _LATE_SECONDS:
        words = "No samples have come for days: how it goes on cannot be told."
        return VolumeGrowth(volume, days, changes, None, None, words)
    a_second = present_growth(*_every_day(days))
    if a_second is None:
        words = "Too few days are known to tell how it goes on."
        return VolumeGrowth(volume, days, changes, None, None, words)
    gb_a_day = a_second * DAY / GIB
    if gb_a_day <= 0:
        return VolumeGrowth(volume, days, changes, 0.0, None, "Not growing at present.")
    now_gb = days.used_bytes[-1] / GIB
    in_a_month, at_the_end = (now_gb + gb_a_day * count for count in (30, FORECAST_DAYS))
    words = (
        f"Growing by {_amount(gb_a_day)} GB a day at present. If it goes on so: "
        f"{in_a_month:,.0f} GB in a month, {at_the_end:,.0f} GB in three."
    )
    return VolumeGrowth(volume, days, changes, gb_a_day, at_the_end, words)


def _every_day(days: VolumeDays) -> tuple[list[int], list[int]]:
    """What grew, without what users held when they were first measured; with the days on which nothing
    changed, which count as much as the others."""
    time, held = [], []
    grown = [used - first for used, first in zip(days.used_bytes, days.first_bytes, strict=True)]
    places = list(zip(days.time, grown, strict=True))[-40:]
    for (moment, amount), (following, _) in zip(places, [*places[1:], (0, 0)], strict=True):
        time.append(moment)
        held.append(amount)
        while time[-1] + DAY < following:
            time.append(time[-1] + DAY)
            held.append(amount)
    return time, held


def _end_of_day(time: int) -> int:
    """A week ago is the same day of last week, as it ended: within a day nothing is known."""
    return (time // DAY + 1) * DAY


def _change(days: VolumeDays, period: str, moment: int) -> Change | None:
    place = bisect_right(days.time, moment) - 1
    if place < 0:
        return None
    then = days.used_bytes[place]
    new_bytes = days.first_bytes[-1] - days.first_bytes[place]
    grown = days.used_bytes[-1] - then - new_bytes
    return Change(
        period,
        grown / GIB,
        grown / then if then > 0 else None,
        days.files[-1] - days.files[place] - (days.first_files[-1] - days.first_files[place]),
        days.users[-1] - days.users[place],
        new_bytes / GIB,
    )


def _amount(gb: float) -> str:
    return (
        f"{gb:,.0f}" if gb >= 10 else f"{gb:,.2f}".rstrip("0").rstrip(".") if gb >= 0.01 else "less than 0.01"
    )


def _change_words(change: Change) -> str:
    gb = round(change.gb, 1 if abs(change.gb) < 10 else 0)
    if gb == 0:
        amount = f"As much as a {change.period} ago"
    else:
        share = "" if change.share is None else f" ({_signed(100 * change.share, 1)} %)"
        amount = f"{abs(gb):,.10g} GB {'more' if gb > 0 else 'less'} than a {change.period} ago{share}"
    files = f"{_signed(change.files, 0)} files" if change.files else "as many files"
    if not change.new_users:
        return f"{amount}, {files}"
    whose = f"{change.new_users:,} user{'s' if change.new_users != 1 else ''}"
    return f"{amount}, {files}; and {change.new_gb:,.0f} GB of {whose} measured for the first time"


def _signed(amount: float, digits: int) -> str:
    text = f"{abs(amount):,.{digits}f}"
    return f"+{text}" if amount > 0 else f"−{text}" if amount < 0 else text
