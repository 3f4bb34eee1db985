"""Users and machines of I/O logs: what each read in a range, from the most to the least."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, select

from usage_store.io_ranges import IoRange
from usage_store.schema import users
from usage_store.schema_io import (
    io_machine_days,
    io_machine_sizes,
    io_machine_times,
    io_machines,
    io_pairs,
    io_user_days,
    io_user_sizes,
    io_user_times,
    io_users,
)

_IDS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Owners:
    """Users, or machines: by which column they are known, and where their sums are."""

    key: str
    times: Table
    days: Table
    sizes: Table


USERS = Owners("user_id", io_user_times, io_user_days, io_user_sizes)
MACHINES = Owners("machine_id", io_machine_times, io_machine_days, io_machine_sizes)


@dataclass(frozen=True, slots=True)
class IoUser:
    """One user as the newest entry with them says."""

    name: str
    role: str | None
    affiliation: str | None


@dataclass(frozen=True, slots=True)
class IoMachine:
    """Name and type together are one machine."""

    name: str
    type: str


def total(column: ColumnElement[int]) -> ColumnElement[int]:
    """A sum of whole numbers; PostgreSQL's is none by type."""
    return cast(func.sum(column), BigInteger)


def totals_of(connection: Connection, owners: Owners, span: IoRange) -> Counter[int]:
    """What everybody of `owners` read in `span`, by id; who is named there and read nothing has 0."""
    if span.is_all:
        key = io_pairs.c[owners.key]
        query = select(key, total(io_pairs.c.total)).group_by(key)
        return Counter(dict(connection.execute(query).tuples().all()))
    days, key = owners.days, owners.days.c[owners.key]
    if span.in_whole_days:
        query = select(key, total(days.c.total)).where(days.c.day >= span.first_day).group_by(key)
        return Counter(dict(connection.execute(query).tuples().all()))
    found: Counter[int] = Counter()
    times, key = owners.times, owners.times.c[owners.key]
    for part in parts(active_ids(connection, owners, span)):
        query = select(key, total(times.c.total)).where(key.in_(part), *span.within(times)).group_by(key)
        found.update(dict(connection.execute(query).tuples().all()))
    return found


def active_ids(connection: Connection, owners: Owners, span: IoRange) -> list[int]:
    """Ids of those who are named in the days of `span`.

    Their series are found by the key then: both databases would walk all of the table otherwise.
    """
    days = owners.days
    query = select(days.c[owners.key]).where(days.c.day >= span.first_day).distinct()
    return sorted(connection.execute(query).scalars())


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at once as a statement of either database takes."""
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]


def users_about(connection: Connection) -> dict[int, IoUser]:
    """Everybody in the logs, by id."""
    query = select(users.c.id, users.c.name, io_users.c.role, io_users.c.affiliation).join(
        io_users, io_users.c.user_id == users.c.id
    )
    return {number: IoUser(*about) for number, *about in connection.execute(query)}


def machines_about(connection: Connection) -> dict[int, IoMachine]:
    """Every machine in the logs, by id."""
    query = select(io_machines.c.id, io_machines.c.name, io_machines.c.type)
    return {number: IoMachine(*about) for number, *about in connection.execute(query)}


def machine_labels(machines: Mapping[int, IoMachine]) -> dict[int, str]:
    """What each is called: its name, with its type where there are two of its name."""
    names = Counter(machine.name for machine in machines.values())
    return {
        number: machine.name if names[machine.name] == 1 else f"{machine.name} ({machine.type})"
        for number, machine in machines.items()
    }
