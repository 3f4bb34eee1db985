"""All that is shown to one user of their own I/O. Times are what the clock on the wall showed."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, select

from usage_store.medians import MONTH_DAYS
from usage_store.retention import DAY_SECONDS
from usage_store.schema import users
from usage_store.schema_io import io_machines, io_pairs, io_size_ranges
from usage_store.schema_io import io_user_sizes as sizes
from usage_store.schema_io import io_user_times as times

_HOUR = 3600

Points = list[tuple[int, int]]  # time, operations; ascending


@dataclass(frozen=True, slots=True)
class IoReach:
    """How far back; `newest_day` is the newest with operations of anybody, counted from 1970-01-01."""

    newest_day: int
    hourly_days: int
    daily_days: int


@dataclass(frozen=True, slots=True)
class UserIo:
    hours: Points
    days: Points
    sizes: list[tuple[str, int | None, int | None, int]]  # text, low, high, operations; smallest first
    machines: list[tuple[str, str, int, int]]  # name, type, sessions, operations; the busiest first
    total_of_month: int

    @property
    def total(self) -> int:
        return sum(size[-1] for size in self.sizes)


def io_of_user(connection: Connection, user: str, reach: IoReach) -> UserIo:
    """Also of somebody who never read anything."""
    user_id = connection.execute(select(users.c.id).where(users.c.name == user)).scalar()
    if user_id is None:
        return UserIo([], [], [], [], 0)
    first_hourly = (reach.newest_day + 1 - reach.hourly_days) * DAY_SECONDS
    first_daily = first_hourly - reach.daily_days * DAY_SECONDS
    of_month = _points(
        connection, user_id, DAY_SECONDS, (reach.newest_day + 1 - MONTH_DAYS) * DAY_SECONDS, None
    )
    return UserIo(
        hours=_points(connection, user_id, _HOUR, first_hourly, None),
        days=_points(connection, user_id, DAY_SECONDS, first_daily, first_hourly),
        sizes=_sizes(connection, user_id),
        machines=_machines(connection, user_id),
        total_of_month=sum(total for _, total in of_month),
    )


def _points(connection: Connection, user_id: int, span: int, first: int, end: int | None) -> Points:
    """Sums of spans that begin at local times from `first` up to and without `end`."""
    conditions: list[ColumnElement[bool]] = [
        times.c.user_id == user_id,
        times.c.local_time >= first,
        times.c.time >= first - DAY_SECONDS,  # the key knows times; no clock is a day off
    ]
    if end is not None:
        conditions += [times.c.local_time < end, times.c.time < end + DAY_SECONDS]
    start = (times.c.local_time // span * span).label("start")
    query = select(start, cast(func.sum(times.c.total), BigInteger)).where(*conditions)
    return [(time, total) for time, total in connection.execute(query.group_by(start).order_by(start))]


def _sizes(connection: Connection, user_id: int) -> list[tuple[str, int | None, int | None, int]]:
    ranges = (io_size_ranges.c.text, io_size_ranges.c.low, io_size_ranges.c.high)
    query = select(*ranges, sizes.c.total).join(io_size_ranges, io_size_ranges.c.id == sizes.c.range_id)
    rows = connection.execute(query.where(sizes.c.user_id == user_id)).tuples().all()
    return sorted(rows, key=lambda row: (row[1] is not None, row[1] or 0, row[2] is None, row[2] or 0))


def _machines(connection: Connection, user_id: int) -> list[tuple[str, str, int, int]]:
    query = select(io_machines.c.name, io_machines.c.type, io_pairs.c.sessions, io_pairs.c.total).join(
        io_machines, io_machines.c.id == io_pairs.c.machine_id
    )
    rows = connection.execute(query.where(io_pairs.c.user_id == user_id)).tuples().all()
    return sorted(rows, key=lambda row: (-row[3], row[0], row[1]))
