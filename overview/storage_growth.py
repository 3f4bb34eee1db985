"""How each volume grows, and how it would go on: from days to words and points. Pure.

How fast it grows is told by usage_store/volume_growth.py, how full it is by usage_store/volume_fullness.py.
"""

from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from alerts.words import full_in, size
from usage_store.storage_days import VolumeDays
from usage_store.volume_fullness import Fullness, fullness_of
from usage_store.volume_growth import growth_a_second, samples_stopped
from usermon.growth import DAY
from usermon.units import GIB

FORECAST_DAYS = 90
_PERIODS = (("week", 7), ("month", 30), ("year", 365))


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
    is GiB at the end of FORECAST_DAYS; `fullness` is None where the capacity is not told."""

    volume: str
    days: VolumeDays
    changes: tuple[Change, ...]
    gb_a_day: float | None
    forecast: float | None
    words: str
    fullness: Fullness | None = None

    @property
    def said(self) -> list[str]:
        """A sentence for each period: "12,000 GiB more than a week ago (+1.2 %), +4,000 files"."""
        return [_change_words(change) for change in self.changes]

    def as_feed(self) -> dict[str, Any]:
        """For the page's script: points by columns, GiB rounded to what a plot shows."""
        ahead = None
        if self.forecast is not None:
            end = self.days.time[-1] + FORECAST_DAYS * DAY
            ahead = {
                "time": [self.days.time[-1], end],
                "gb": [self._gb(-1), round(self.forecast, 1)],
                # Rounded once, as in the sentence: of a number that was rounded before, another may become.
                "words": f"{self.forecast:,.0f} GiB, if it goes on so",
            }
        return {
            "volume": self.volume,
            "time": self.days.time,
            "gb": [self._gb(place) for place in range(len(self.days.time))],
            "files": self.days.files,
            "users": self.days.users,
            "forecast": ahead,
            "capacity": None
            if self.fullness is None
            else {
                "gb": round(self.fullness.capacity_bytes / GIB, 1),
                "words": f"Capacity: {size(self.fullness.capacity_bytes)}",
            },
            "words": self.words,
            "said": self.said,
        }

    def _gb(self, place: int) -> float:
        return round(self.days.used_bytes[place] / GIB, 1)


def growth_of_volumes(
    days: Mapping[str, VolumeDays], now: float, capacities: Mapping[str, int] = MappingProxyType({})
) -> dict[str, VolumeGrowth]:
    """By volume; volumes of which nothing is known are left out. `capacities` are bytes."""
    full = {one.volume: one for one in fullness_of(days, capacities, now)}
    return {
        volume: _growth(volume, known, now, full.get(volume)) for volume, known in days.items() if known.time
    }


def _growth(volume: str, days: VolumeDays, now: float, fullness: Fullness | None) -> VolumeGrowth:
    changes = tuple(
        change
        for period, count in _PERIODS
        if (change := _change(days, period, _end_of_day(days.time[-1]) - count * DAY)) is not None
    )
    a_second = growth_a_second(days, now)
    gb_a_day = None if a_second is None else a_second * DAY / GIB
    forecast = None
    if samples_stopped(days, now):
        words = "No samples have come for days: how it goes on cannot be told."
    elif gb_a_day is None:
        words = "Too few days are known to tell how it goes on."
    elif gb_a_day <= 0:
        words = "Not growing at present."
    else:
        now_gb = days.used_bytes[-1] / GIB
        in_a_month, forecast = (now_gb + gb_a_day * count for count in (30, FORECAST_DAYS))
        words = (
            f"Growing by {_amount(gb_a_day)} GiB a day at present. If it goes on so: "
            f"{in_a_month:,.0f} GiB in a month, {forecast:,.0f} GiB in three."
        )
    if fullness is not None and (until := _until_full(fullness)):
        words += f" {until}"
    return VolumeGrowth(volume, days, changes, gb_a_day, forecast, words, fullness)


def _until_full(fullness: Fullness) -> str:
    """Nothing where nothing is foretold."""
    capacity = size(fullness.capacity_bytes)
    if fullness.used_bytes >= fullness.capacity_bytes:
        return f"Users hold all of its {capacity}, or more."
    if fullness.outlook.kind == "far":
        return f"Its {capacity} are not full within two years."
    if fullness.outlook.days is not None:
        return f"Its {capacity} are {full_in(fullness.outlook.days)} at the present growth."
    return ""


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
        amount = f"{abs(gb):,.10g} GiB {'more' if gb > 0 else 'less'} than a {change.period} ago{share}"
    files = f"{_signed(change.files, 0)} files" if change.files else "as many files"
    if not change.new_users:
        return f"{amount}, {files}"
    whose = f"{change.new_users:,} user{'s' if change.new_users != 1 else ''}"
    return f"{amount}, {files}; and {change.new_gb:,.0f} GiB of {whose} measured for the first time"


def _signed(amount: float, digits: int) -> str:
    text = f"{abs(amount):,.{digits}f}"
    return f"+{text}" if amount > 0 else f"−{text}" if amount < 0 else text
