"""All that is shown to one user of their own I/O. Times are what the clock on the wall showed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, literal, select

from usage_store.medians import MONTH_DAYS
from usage_store.retention import DAY_SECONDS
from usage_store.schema import users
from usage_store.schema_io import io_machines, io_pairs, io_size_ranges
from usage_store.schema_io import io_user_sizes as sizes
from usage_store.schema_io import io_user_times as times

_HOUR = 3600

Points = list[tuple[int, int]]  # time, operations; ascending
Size = tuple[str, int | None, int | None, int]  # text, low, high, operations
Machine = tuple[str, str, int, int]  # name, type, sessions, operations


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
    sizes: list[Size]  # the smallest first
    machines: list[Machine]  # the busiest first
    total_of_month: int

    @property
    def total(self) -> int:
        return sum(size[-1] for size in self.sizes)


def io_of_users(connection: Connection, names: Sequence[str], reach: IoReach) -> dict[str, UserIo]:
    """By name; also of those who never read anything."""
    ids = connection.execute(select(users.c.id, users.c.name).where(users.c.name.in_(names))).tuples().all()
    first_hourly = (reach.newest_day + 1 - reach.hourly_days) * DAY_SECONDS
    first_daily = first_hourly - reach.daily_days * DAY_SECONDS
    of_month = (reach.newest_day + 1 - MONTH_DAYS) * DAY_SECONDS
    numbers = [user_id for user_id, _ in ids]
    hours = _points(connection, numbers, _HOUR, first_hourly, None)
    days = _points(connection, numbers, DAY_SECONDS, first_daily, first_hourly)
    month = _points(connection, numbers, DAY_SECONDS, of_month, None)
    of_sizes = _sizes(connection, numbers)
    machines = _machines(connection, numbers)
    found = {name: UserIo([], [], [], [], 0) for name in names}
    for user_id, name in ids:
        found[name] = UserIo(
            hours=hours.get(user_id, []),
            days=days.get(user_id, []),
            sizes=of_sizes.get(user_id, []),
            machines=machines.get(user_id, []),
            total_of_month=sum(total for _, total in month.get(user_id, [])),
        )
    return found


def _points(
    connection: Connection, user_ids: Sequence[int], span: int, first: int, end: int | None
) -> dict[int, Points]:
    """Sums of spans that begin at local times from `first` up to and without `end`, by user."""
    conditions: list[ColumnElement[bool]] = [
        times.c.user_id.in_(user_ids),
        times.c.local_time >= first,
        times.c.time >= first - DAY_SECONDS,  # the key knows times; no clock is a day off
    ]
    if end is not None:
        conditions += [times.c.local_time < end, times.c.time < end + DAY_SECONDS]
    # A literal, since PostgreSQL takes two parameters of equal value for two expressions when it groups.
    start = (times.c.local_time - times.c.local_time % literal(span, literal_execute=True)).label("start")
    query = select(times.c.user_id, start, cast(func.sum(times.c.total), BigInteger)).where(*conditions)
    query = query.group_by(times.c.user_id, start).order_by(times.c.user_id, start)
    return _by_user(connection.execute(query))


def _sizes(connection: Connection, user_ids: Sequence[int]) -> dict[int, list[Size]]:
    ranges = (io_size_ranges.c.text, io_size_ranges.c.low, io_size_ranges.c.high)
    query = select(sizes.c.user_id, *ranges, sizes.c.total).join(
        io_size_ranges, io_size_ranges.c.id == sizes.c.range_id
    )
    found: dict[int, list[Size]] = _by_user(connection.execute(query.where(sizes.c.user_id.in_(user_ids))))
    for of_user in found.values():
        of_user.sort(key=lambda row: (row[1] is not None, row[1] or 0, row[2] is None, row[2] or 0))
    return found


def _machines(connection: Connection, user_ids: Sequence[int]) -> dict[int, list[Machine]]:
    columns = (io_machines.c.name, io_machines.c.type, io_pairs.c.sessions, io_pairs.c.total)
    query = select(io_pairs.c.user_id, *columns).join(io_machines, io_machines.c.id == io_pairs.c.machine_id)
    found: dict[int, list[Machine]] = _by_user(
        connection.execute(query.where(io_pairs.c.user_id.in_(user_ids)))
    )
    for of_user in found.values():
        of_user.sort(key=lambda row: (-row[3], row[0], row[1]))
    return found


def _by_user(rows: Iterable[Sequence[Any]]) -> dict[int, list[Any]]:
    """What follows the first column, by it."""
    found: dict[int, list[Any]] = {}
    for user_id, *rest in rows:
        found.setdefault(user_id, []).append(tuple(rest))
    return found
