"""Which stretch of the I/O logs an answer is about, and in which steps it is told.

A range ends with the newest entry, not with the clock: what is asked about is the log. Days are those of the
clock on the wall, as the log shows it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from sqlalchemy import ColumnElement, Connection, Table, func, select

from usage_store.retention import DAY_SECONDS
from usage_store.schema_io import io_entries

RangeName: TypeAlias = Literal["24h", "7d", "30d", "all"]
RANGE_NAMES: tuple[RangeName, ...] = get_args(RangeName)
Step: TypeAlias = Literal["hour", "day", "week"]

HOUR_SECONDS = 3600
_QUARTER_SECONDS = 900
_DAYS: dict[RangeName, int] = {"7d": 7, "30d": 30}
# As many steps as one can tell apart: some 200 hours, some 120 days.
_MOST_DAYS_IN_HOURS = 8
_MOST_DAYS_IN_DAYS = 120
_THURSDAY = 3  # the first day of the epoch; Monday is 0


@dataclass(frozen=True, slots=True)
class IoRange:
    """Entries at `start` (epoch seconds) or later, and by the clock on the wall of `first_day` or later.

    Days count from 1970-01-01; `first` and `newest` are the times of the first and the newest entry of all.
    """

    name: RangeName
    step: Step
    start: int
    first_day: int
    last_day: int
    first: int
    newest: int

    @property
    def last_hour(self) -> int:
        return self.newest // HOUR_SECONDS * HOUR_SECONDS

    @property
    def is_all(self) -> bool:
        return self.name == "all"

    @property
    def in_whole_days(self) -> bool:
        return self.name != "24h"

    def within(self, table: Table) -> list[ColumnElement[bool]]:
        """For a table with `time` and `local_time`; the first finds its place by the key."""
        limits: list[ColumnElement[bool]] = [table.c.time >= self.start]
        if self.in_whole_days:
            limits.append(table.c.local_time >= self.first_day * DAY_SECONDS)
        return limits

    def steps(self) -> list[int]:
        """All steps, the first to the last: epoch seconds of hours, numbers of days, of weeks' Mondays."""
        if self.step == "hour":
            return list(range(self.start, self.last_hour + 1, HOUR_SECONDS))
        if self.step == "day":
            return list(range(self.first_day, self.last_day + 1))
        return list(range(monday_of(self.first_day), self.last_day + 1, 7))


def io_range(connection: Connection, name: RangeName) -> IoRange | None:
    """The range of that name; None while there is no entry."""
    first, newest = (connection.execute(query).scalars().first() for query in (_FIRST, _NEWEST))
    if first is None or newest is None:
        return None
    # Of two logs in two zones the days may begin with one and end with the other.
    local = io_entries.c.local_time
    of_first = select(func.min(local)).where(io_entries.c.time <= first + 2 * DAY_SECONDS)
    of_newest = select(func.max(local)).where(io_entries.c.time >= newest - 2 * DAY_SECONDS)
    first_local, newest_local = (connection.execute(query).scalar_one() for query in (of_first, of_newest))
    last_hour, last_day = newest // HOUR_SECONDS * HOUR_SECONDS, newest_local // DAY_SECONDS
    if name == "24h":
        start = last_hour - 23 * HOUR_SECONDS
        # The day before in any zone of the world.
        return IoRange(name, "hour", start, last_day - 2, last_day, first, newest)
    oldest_day = first_local // DAY_SECONDS
    first_day = max(oldest_day, last_day - _DAYS[name] + 1) if name in _DAYS else oldest_day
    days = last_day - first_day + 1
    step: Step = "hour" if days <= _MOST_DAYS_IN_HOURS else "day" if days <= _MOST_DAYS_IN_DAYS else "week"
    start = first
    if first_day > oldest_day:
        # Midnight by the newest entry's distance from UTC; an entry of that day may lie an hour before.
        day = first_day * DAY_SECONDS
        of_day = select(func.min(io_entries.c.time)).where(
            io_entries.c.time >= day - DAY_SECONDS, local >= day
        )
        start = min(day - clock_ahead(connection), connection.execute(of_day).scalar_one())
    return IoRange(name, step, start // HOUR_SECONDS * HOUR_SECONDS, first_day, last_day, first, newest)


# Not both in one: both databases would walk all entries for that.
_FIRST = select(io_entries.c.time).order_by(io_entries.c.time).limit(1)
_NEWEST = select(io_entries.c.time).order_by(io_entries.c.time.desc()).limit(1)
# What the clock on the wall is ahead of UTC, at the newest entry.
_AHEAD = select(io_entries.c.local_time - io_entries.c.time).order_by(io_entries.c.time.desc()).limit(1)


def clock_ahead(connection: Connection) -> int:
    """Seconds by which the clock on the wall is ahead of UTC at the newest entry, in whole minutes."""
    ahead = connection.execute(_AHEAD).scalars().first() or 0
    return round(ahead / 60) * 60


def clocks_ahead(connection: Connection, span: IoRange) -> list[int]:
    """As `clock_ahead`, of each clock that entries of the range were written by, in their order; in whole
    quarters of an hour, as zones are."""
    quarters = quarter_hours_ahead(io_entries).label("quarters")
    query = select(quarters).where(*span.within(io_entries)).group_by(quarters)
    found = connection.execute(query.order_by(func.min(io_entries.c.time))).scalars()
    return [quarter * _QUARTER_SECONDS - DAY_SECONDS for quarter in found]


def quarter_hours_ahead(table: Table) -> ColumnElement[int]:
    """Of the clock on the wall before UTC, and those of a day: databases round what is below nothing as they
    like."""
    ahead = table.c.local_time - table.c.time + DAY_SECONDS
    return (ahead + _QUARTER_SECONDS // 2) // _QUARTER_SECONDS


def monday_of(day: int) -> int:
    """The Monday of the week of `day`."""
    return day - (day + _THURSDAY) % 7
