"""Reads through time: all, and so for each user, role, affiliation, machine or type of machines.

Hours come from the sums of entries, days and weeks from the sums of days (see io_changes.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar, get_args

from sqlalchemy import ColumnElement, Connection, Table, select

from usage_store.io_owners import (
    MACHINES,
    USERS,
    Owners,
    active_ids,
    machine_labels,
    machines_about,
    parts,
    total,
    totals_of,
    users_about,
)
from usage_store.io_ranges import HOUR_SECONDS, IoRange
from usage_store.retention import DAY_SECONDS
from usage_store.schema_io import io_entries, io_machines, io_users

Grouping: TypeAlias = Literal["user", "role", "affiliation", "machine", "type"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)

# As many as the charts have styles, less one for all others together.
SHOWN_GROUPS = 7
NO_NAME = "none"  # of a role, or an affiliation, that no log names

Key = TypeVar("Key", int, str)
ByStep: TypeAlias = dict[int, int]  # a step of the range, and what was read in it


@dataclass(frozen=True, slots=True)
class Group:
    """`values` are in the order of the range's steps; None where no entry tells."""

    name: str
    total: int
    values: list[int | None]


@dataclass(frozen=True, slots=True)
class Groups:
    """The heaviest groups, and all `others` together, if there are any; `count` says how many those are."""

    shown: list[Group]
    others: Group | None
    count: int


def entries_by_step(connection: Connection, span: IoRange) -> ByStep:
    """All reads. A step without an entry is not there."""
    step = _step_of_times(span, io_entries)
    query = select(step, total(io_entries.c.total)).where(*span.within(io_entries)).group_by(step)
    return dict(connection.execute(query).tuples().all())


def owner_by_step(connection: Connection, owners: Owners, number: int, span: IoRange) -> ByStep:
    """What one of `owners` read. A step in which they are not named is not there."""
    return _of_owners(connection, owners, [number], span)[number]


def in_order(span: IoRange, found: Mapping[int, int], logged: Mapping[int, int]) -> list[int | None]:
    """`found` as values of all steps: who is not named in a step that is `logged` read nothing in it."""
    return [found.get(step, 0) if step in logged else None for step in span.steps()]


def groups_through_time(
    connection: Connection, by: Grouping, span: IoRange, logged: Mapping[int, int]
) -> Groups:
    """The heaviest groups in `span`; `logged` are all reads (see `entries_by_step`)."""
    if by in ("user", "machine"):
        owners = USERS if by == "user" else MACHINES
        totals, names = totals_of(connection, owners, span), _names(connection, by)
        top = _heaviest(totals, names)
        series: Mapping[int, ByStep] = _of_owners(connection, owners, top, span)
        groups = {names[number]: (totals[number], series[number]) for number in top}
        count = len(totals)
    else:
        found = _of_kinds(connection, by, span)
        sums = {name: sum(of_steps.values()) for name, of_steps in found.items()}
        groups = {name: (sums[name], found[name]) for name in _heaviest(sums, {name: name for name in sums})}
        count = len(found)
    shown = [Group(name, all_, in_order(span, of_steps, logged)) for name, (all_, of_steps) in groups.items()]
    return Groups(shown, _others(shown, span, logged) if count > len(shown) else None, count - len(shown))


def _heaviest(totals: Mapping[Key, int], names: Mapping[Key, str]) -> list[Key]:
    ranked = sorted(totals.items(), key=lambda item: (-item[1], names[item[0]]))
    return [key for key, _ in ranked[:SHOWN_GROUPS]]


def _others(shown: Sequence[Group], span: IoRange, logged: Mapping[int, int]) -> Group:
    values: list[int | None] = []
    for place, step in enumerate(span.steps()):
        known = sum(group.values[place] or 0 for group in shown)
        values.append(max(0, logged[step] - known) if step in logged else None)
    return Group("others", sum(value or 0 for value in values), values)


def _of_owners(
    connection: Connection, owners: Owners, numbers: Sequence[int], span: IoRange
) -> defaultdict[int, ByStep]:
    found: defaultdict[int, ByStep] = defaultdict(dict)
    table, step, within = _sums(owners, span)
    key = table.c[owners.key]
    query = select(key, step, total(table.c.total)).where(key.in_(numbers), *within).group_by(key, step)
    for number, at, read in connection.execute(query):
        found[number][at] = read
    return found


def _of_kinds(connection: Connection, by: Grouping, span: IoRange) -> dict[str, ByStep]:
    """Of all users or machines of one kind together."""
    owners, about, kind = {
        "role": (USERS, io_users.c.user_id, io_users.c.role),
        "affiliation": (USERS, io_users.c.user_id, io_users.c.affiliation),
        "type": (MACHINES, io_machines.c.id, io_machines.c.type),
    }[by]
    table, step, within = _sums(owners, span)
    key = table.c[owners.key]
    query = select(kind, step, total(table.c.total)).join_from(table, about.table, key == about)
    query = query.where(*within).group_by(kind, step)
    # The sums of days begin with the day, those of entries with the owner.
    ids: Iterable[Sequence[int] | None] = [None]
    if table is owners.times:
        ids = parts(active_ids(connection, owners, span))
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for part in ids:
        for name, at, read in connection.execute(query if part is None else query.where(key.in_(part))):
            found[name or NO_NAME][at] += read
    return {name: dict(of_steps) for name, of_steps in found.items()}


def _sums(owners: Owners, span: IoRange) -> tuple[Table, ColumnElement[int], list[ColumnElement[bool]]]:
    """Where the sums are from which the steps of `span` are made, the step of each, which are in it."""
    if span.step == "hour":
        return owners.times, _step_of_times(span, owners.times), span.within(owners.times)
    days = owners.days
    return days, _step_of_days(span, days.c.day), [days.c.day >= span.first_day]


def _step_of_times(span: IoRange, table: Table) -> ColumnElement[int]:
    if span.step == "hour":
        return (table.c.time // HOUR_SECONDS * HOUR_SECONDS).label("step")
    return _step_of_days(span, table.c.local_time // DAY_SECONDS)


def _step_of_days(span: IoRange, day: ColumnElement[int]) -> ColumnElement[int]:
    return (day if span.step == "day" else day - (day + 3) % 7).label("step")


def _names(connection: Connection, by: Grouping) -> dict[int, str]:
    if by == "user":
        return {number: about.name for number, about in users_about(connection).items()}
    return machine_labels(machines_about(connection))
