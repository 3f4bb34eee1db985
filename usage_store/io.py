"""Who read how much, where, in which sizes: the questions that answers ask. Saving is in io_saving.py.

Without a range of time all come from sums that were kept while saving; within one, from the sessions of the
entries in it. The names of fields are those of the answers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Table, cast, func, select

from usage_store.collection_runs import storable
from usage_store.paging import Page, Row, Window, cut
from usage_store.schema import users
from usage_store.schema_io import (
    io_entries,
    io_machine_sizes,
    io_machine_times,
    io_machines,
    io_operations,
    io_pairs,
    io_sessions,
    io_size_ranges,
    io_user_sizes,
    io_user_times,
    io_users,
)
from usermon.io_records import clock_text
from usermon.uninterrupted import uninterrupted

# For a role, or an affiliation, that no log names.
NO_ROLE = "none"

_HOURS_A_WEEK = 168
_THURSDAY = 4  # the first day of the epoch; Sunday is 0


class Span(NamedTuple):
    """Entries from `start` up to and without `end`, in epoch seconds; None: no end on that side."""

    start: int | None = None
    end: int | None = None


ALL_TIME = Span()


class _Machine(NamedTuple):
    name: str
    type: str


def io_stats(connection: Connection, span: Span = ALL_TIME) -> Row:
    """How much there is in all; dates are local times as the log shows them."""
    sums = (_sum(io_entries.c[name]) for name in ("sessions", "operations", "total"))
    of_entries = select(func.count(), *sums, func.min(io_entries.c.time), func.max(io_entries.c.time))
    logs, sessions, operations, total, first, last = connection.execute(
        of_entries.where(*_within(span, io_entries))
    ).one()
    pairs = _pairs(span)
    ids = connection.execute(
        select(func.count(pairs.c.user_id.distinct()), func.count(pairs.c.machine_id.distinct()))
    ).one()
    return {
        "log_count": logs,
        "user_count": ids[0],
        "machine_count": ids[1],
        "session_count": sessions or 0,
        "operation_count": operations or 0,
        "total_operations": total or 0,
        "min_date": _local_time(connection, first),
        "max_date": _local_time(connection, last),
    }


def io_users_page(connection: Connection, window: Window, span: Span = ALL_TIME) -> Page:
    """Everybody who read, those with most sessions first."""
    return cut(_users(connection, _pairs(span), counted="machine_count"), window)


def io_machines_page(connection: Connection, window: Window, span: Span = ALL_TIME) -> Page:
    """Every machine on which somebody read, those with most sessions first."""
    return cut(_machines(connection, _pairs(span), counted="user_count"), window)


@uninterrupted()
def usage_of_user(connection: Connection, user: str, span: Span, newest: int) -> Row | None:
    """One user's machines, sizes, and the `newest` entries of their series; None for one who never read."""
    about = select(users.c.id, io_users.c.role, io_users.c.affiliation).join(
        io_users, io_users.c.user_id == users.c.id
    )
    found = connection.execute(about.where(users.c.name == storable(user))).one_or_none()
    if found is None:
        return None
    pairs = _pairs(span)
    return {
        "username": user,
        "user_role": found.role,
        "user_affiliation": found.affiliation,
        "machines": _machines(connection, pairs, pairs.c.user_id == found.id),
        "io_distribution": _distribution(connection, io_user_sizes, span, found.id),
        "time_series": _series(connection, io_user_times, found.id, span, newest),
    }


def types_of_machine(connection: Connection, name: str) -> list[str]:
    """A machine is a name and a type: which types there are of one name."""
    query = select(io_machines.c.type).where(io_machines.c.name == storable(name))
    return sorted(connection.execute(query).scalars())


@uninterrupted()
def usage_of_machine(connection: Connection, name: str, kind: str, span: Span, newest: int) -> Row | None:
    """One machine's users, sizes, and the `newest` entries of its series; None for one that is not known."""
    query = select(io_machines.c.id).where(
        io_machines.c.name == storable(name), io_machines.c.type == storable(kind)
    )
    machine_id = connection.execute(query).scalar()
    if machine_id is None:
        return None
    pairs = _pairs(span)
    return {
        "machine_name": name,
        "machine_type": kind,
        "users": _users(connection, pairs, pairs.c.machine_id == machine_id),
        "io_distribution": _distribution(connection, io_machine_sizes, span, machine_id),
        "time_series": _series(connection, io_machine_times, machine_id, span, newest),
    }


@uninterrupted()
def usage_through_time(connection: Connection, span: Span, newest: int) -> Row:
    """The `newest` entries, and all reads by hour of the day and day of the week (0 is Sunday), both as the
    clocks on the wall showed them."""
    columns = ("local_time", "total", "users", "machines")
    query = select(*(io_entries.c[name] for name in columns)).where(*_within(span, io_entries))
    rows = connection.execute(
        query.order_by(io_entries.c.time.desc(), io_entries.c.source.desc()).limit(newest)
    ).all()
    series = [
        {
            "timestamp": clock_text(local_time),
            "total_operations": total,
            "active_users": active_users,
            "active_machines": active_machines,
        }
        for local_time, total, active_users, active_machines in reversed(rows)
    ]
    hours, days = _patterns(connection, span)
    return {
        "time_series": series,
        "hourly_pattern": [{"hour": f"{n:02}", "total_operations": hours[n]} for n in sorted(hours)],
        "daily_pattern": [{"day_of_week": str(n), "total_operations": days[n]} for n in sorted(days)],
    }


def size_distribution(connection: Connection, span: Span = ALL_TIME) -> Row:
    """All reads by size, and so for each role of users and each type of machines."""
    overall: defaultdict[int, int] = defaultdict(int)
    by_role: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    by_type: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    roles = dict(connection.execute(select(io_users.c.user_id, io_users.c.role)).tuples().all())
    types = dict(connection.execute(select(io_machines.c.id, io_machines.c.type)).tuples().all())
    for user_id, range_id, total in _sizes(connection, io_user_sizes, span):
        by_role[roles[user_id] or NO_ROLE][range_id] += total
    for machine_id, range_id, total in _sizes(connection, io_machine_sizes, span):
        by_type[types[machine_id]][range_id] += total
        overall[range_id] += total
    ranges = _ranges(connection)
    return {
        "overall": _sized(overall, ranges, with_bytes=True),
        "by_role": {role: _sized(by_role[role], ranges) for role in sorted(by_role)},
        "by_machine_type": {kind: _sized(by_type[kind], ranges) for kind in sorted(by_type)},
    }


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # PostgreSQL's sum of such numbers is no whole number by type.
    return cast(func.sum(column), BigInteger)


def _within(span: Span, table: Table) -> list[ColumnElement[bool]]:
    limits = []
    if span.start is not None:
        limits.append(table.c.time >= span.start)
    if span.end is not None:
        limits.append(table.c.time < span.end)
    return limits


def _pairs(span: Span) -> FromClause:
    """Sessions of each user on each machine: user_id, machine_id, sessions."""
    if span == ALL_TIME:
        return io_pairs
    pair = (io_sessions.c.user_id, io_sessions.c.machine_id)
    return (
        select(*pair, func.count().label("sessions"))
        .join(io_entries, io_entries.c.id == io_sessions.c.entry_id)
        .where(*_within(span, io_entries))
        .group_by(*pair)
        .subquery()
    )


def _sizes(
    connection: Connection, table: Table, span: Span, owner: int | None = None
) -> Iterable[Sequence[int]]:
    """Reads in each range of sizes, of each user or on each machine, as `table` has them: the owner's id, the
    range's, the sum."""
    key = next(iter(table.primary_key.columns))
    if span == ALL_TIME:
        query = select(key, table.c.range_id, table.c.total)
        return connection.execute(query if owner is None else query.where(key == owner)).all()
    of_session = io_sessions.c[key.name]
    query = (
        select(of_session, io_operations.c.range_id, _sum(io_operations.c["count"]))
        .select_from(io_entries)
        .join(io_sessions, io_sessions.c.entry_id == io_entries.c.id)
        .join(io_operations, io_operations.c.session == io_sessions.c.number)
        .where(*_within(span, io_entries))
        .group_by(of_session, io_operations.c.range_id)
    )
    return connection.execute(query if owner is None else query.where(of_session == owner)).all()


def _users(
    connection: Connection, pairs: FromClause, *conditions: ColumnElement[bool], counted: str | None = None
) -> list[Row]:
    about = (users.c.name, io_users.c.role, io_users.c.affiliation)
    query = (
        select(*about, _sum(pairs.c.sessions), func.count())
        .select_from(pairs)
        .join(users, users.c.id == pairs.c.user_id)
        .join(io_users, io_users.c.user_id == pairs.c.user_id)
        .where(*conditions)
        .group_by(*about)
    )
    names = ("username", "user_role", "user_affiliation", "session_count", *((counted,) if counted else ()))
    return _busiest_first(connection.execute(query), names, lambda row: row["username"])


def _machines(
    connection: Connection, pairs: FromClause, *conditions: ColumnElement[bool], counted: str | None = None
) -> list[Row]:
    about = (io_machines.c.name, io_machines.c.type)
    query = (
        select(*about, _sum(pairs.c.sessions), func.count())
        .select_from(pairs)
        .join(io_machines, io_machines.c.id == pairs.c.machine_id)
        .where(*conditions)
        .group_by(*about)
    )
    names = ("machine_name", "machine_type", "session_count", *((counted,) if counted else ()))
    return _busiest_first(
        connection.execute(query), names, lambda row: _Machine(row["machine_name"], row["machine_type"])
    )


def _busiest_first(
    rows: Iterable[Sequence[Any]], names: Sequence[str], name_of: Callable[[Row], Any]
) -> list[Row]:
    # Sorted here: databases have ideas of their own about the order of names.
    found: list[Row] = [dict(zip(names, row, strict=False)) for row in rows]
    return sorted(found, key=lambda row: (-row["session_count"], name_of(row)))


def _distribution(connection: Connection, table: Table, span: Span, owner: int) -> list[Row]:
    totals = {range_id: total for _, range_id, total in _sizes(connection, table, span, owner)}
    return _sized(totals, _ranges(connection))


def _ranges(connection: Connection) -> dict[int, Row]:
    """All ranges of sizes, smallest first."""
    columns = (io_size_ranges.c.id, io_size_ranges.c.text, io_size_ranges.c.low, io_size_ranges.c.high)
    rows = connection.execute(select(*columns)).all()
    rows = sorted(rows, key=lambda row: (row.low is not None, row.low or 0, row.high is None, row.high or 0))
    return {row.id: {"display_text": row.text, "min_bytes": row.low, "max_bytes": row.high} for row in rows}


def _sized(totals: dict[int, int], ranges: dict[int, Row], with_bytes: bool = False) -> list[Row]:
    return [
        {
            **(about if with_bytes else {"display_text": about["display_text"]}),
            "total_operations": totals[range_id],
        }
        for range_id, about in ranges.items()
        if range_id in totals
    ]


def _series(
    connection: Connection, table: Table, number: int, span: Span, newest: int
) -> list[dict[str, object]]:
    key = next(iter(table.primary_key.columns))
    query = select(table.c.local_time, table.c.total).where(key == number, *_within(span, table))
    rows = connection.execute(query.order_by(table.c.time.desc()).limit(newest)).all()
    return [
        {"timestamp": clock_text(local_time), "total_operations": total}
        for local_time, total in reversed(rows)
    ]


def _patterns(connection: Connection, span: Span) -> tuple[dict[int, int], dict[int, int]]:
    hour = ((io_entries.c.local_time // 3600) % _HOURS_A_WEEK).label("hour_of_week")
    query = select(hour, _sum(io_entries.c.total)).where(*_within(span, io_entries)).group_by(hour)
    hours: defaultdict[int, int] = defaultdict(int)
    days: defaultdict[int, int] = defaultdict(int)
    for hour_of_week, total in connection.execute(query):
        hours[hour_of_week % 24] += total
        days[(hour_of_week // 24 + _THURSDAY) % 7] += total
    return hours, days


def _local_time(connection: Connection, time: int | None) -> str | None:
    if time is None:
        return None
    query = select(io_entries.c.local_time).where(io_entries.c.time == time).limit(1)
    return clock_text(connection.execute(query.order_by(io_entries.c.source)).scalar_one())
