"""How fast all users together fill a volume: from its days. Pure.

The rule is that of docs/decisions/0015: the median of the slopes between all pairs of the daily totals of the
last two weeks (Theil and Sen), so that one clean-up or one delivery does not decide; and nothing is foretold
where there is no clear direction, too little is known, or no samples come any more. What users held when they
were measured for the first time is no growth.
"""

from usage_store.storage_days import VolumeDays
from usermon.growth import DAY, present_growth

# Days are whole, and collectors rest at weekends.
_LATE_SECONDS = 3 * DAY
# More than the window of present_growth, so that it is full.
_NEWEST_ROWS = 40


def samples_stopped(days: VolumeDays, now: float) -> bool:
    return now - days.time[-1] > _LATE_SECONDS


def growth_a_second(days: VolumeDays, now: float) -> float | None:
    """Bytes a second at `now` (epoch seconds); 0 where nothing grows, None where nobody can tell."""
    return None if samples_stopped(days, now) else present_growth(*_every_day(days))


def _every_day(days: VolumeDays) -> tuple[list[int], list[int]]:
    """What grew, without what users held when they were first measured; with the days on which nothing
    changed, which count as much as the others."""
    time, held = [], []
    grown = [used - first for used, first in zip(days.used_bytes, days.first_bytes, strict=True)]
    places = list(zip(days.time, grown, strict=True))[-_NEWEST_ROWS:]
    for (moment, amount), (following, _) in zip(places, [*places[1:], (0, 0)], strict=True):
        time.append(moment)
        held.append(amount)
        while time[-1] + DAY < following:
            time.append(time[-1] + DAY)
            held.append(amount)
    return time, held
