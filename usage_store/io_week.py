"""When people read: the hours of a week, by the clock on the wall as the logs show it."""

from dataclasses import dataclass

from sqlalchemy import Connection, distinct, func, select

from usage_store.io_owners import Owners, total
from usage_store.io_ranges import HOUR_SECONDS, IoRange, quarter_hours_ahead
from usage_store.schema_io import io_entries

HOURS_A_WEEK = 168
_THURSDAY = 3  # the first day of the epoch; Monday is 0
_QUARTERS = 1_000  # more than clocks can be apart, in quarters of an hour


@dataclass(frozen=True, slots=True)
class WeekPattern:
    """The 168 hours of a week from Monday 0 h: reads in all such hours of the range, and how many of them the
    logs tell of. The hour that comes twice when clocks are set back is two."""

    totals: list[int]
    hours: list[int]


def week_pattern(
    connection: Connection, span: IoRange, owners: Owners | None = None, number: int = 0
) -> WeekPattern:
    """Of everybody, or of the one of `owners` with that id, who read nothing in an hour that does not name
    them."""
    hour_of_week = ((io_entries.c.local_time // HOUR_SECONDS) % HOURS_A_WEEK).label("hour_of_week")
    hour_of_all = io_entries.c.local_time // HOUR_SECONDS * _QUARTERS + quarter_hours_ahead(io_entries)
    logged = func.count(distinct(hour_of_all))
    query = select(hour_of_week, logged, total(io_entries.c.total)).where(*span.within(io_entries))
    totals, hours = [0] * HOURS_A_WEEK, [0] * HOURS_A_WEEK
    for hour, count, read in connection.execute(query.group_by(hour_of_week)):
        hours[_from_monday(hour)] = count
        totals[_from_monday(hour)] = read
    if owners is None:
        return WeekPattern(totals, hours)
    times = owners.times
    hour_of_week = ((times.c.local_time // HOUR_SECONDS) % HOURS_A_WEEK).label("hour_of_week")
    of_one = select(hour_of_week, total(times.c.total)).where(times.c[owners.key] == number)
    totals = [0] * HOURS_A_WEEK
    for hour, read in connection.execute(of_one.where(*span.within(times)).group_by(hour_of_week)):
        totals[_from_monday(hour)] = read
    return WeekPattern(totals, hours)


def _from_monday(hour_of_epoch_week: int) -> int:
    return (hour_of_epoch_week + _THURSDAY * 24) % HOURS_A_WEEK
