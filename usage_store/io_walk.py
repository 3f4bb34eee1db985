"""The sessions of a short range, one by one: what no sums are kept of.

At most a day of everybody, or a month of one user or machine: some ten thousand operations, where a log has
millions.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, select

from usage_store.engine import found_by_key
from usage_store.io_owners import MACHINES, USERS, Owners, parts, total
from usage_store.io_ranges import IoRange
from usage_store.schema_io import io_entries, io_operations, io_sessions


@dataclass(frozen=True, slots=True)
class Walked:
    """Reads by the id of a range of sizes; reads and sessions by the id of a partner (see `partners_of`)."""

    sizes: Counter[int]
    partners: Counter[int]
    sessions: Counter[int]


def partners_of(owners: Owners) -> Owners:
    """Users have machines, and machines have users."""
    return MACHINES if owners is USERS else USERS


def walk(connection: Connection, span: IoRange, owners: Owners, number: int) -> Walked:
    """The sessions in `span` of the one of `owners` with that id."""
    walked = Walked(Counter(), Counter(), Counter())
    sessions = io_sessions.c
    columns = (sessions.number, sessions[partners_of(owners).key], sessions.total)
    with found_by_key(connection):
        for entry_ids in _entries(connection, span):
            query = select(*columns).where(_one_of(sessions.entry_id, entry_ids))
            numbers = []
            for session, partner, read in connection.execute(query.where(sessions[owners.key] == number)):
                numbers.append(session)
                walked.sessions[partner] += 1
                walked.partners[partner] += read
            walked.sizes.update(_sizes(connection, numbers))
    return walked


def sizes_of_day(connection: Connection, span: IoRange) -> Counter[int]:
    """Everybody's reads in `span`, a day, by the id of a range of sizes."""
    sizes: Counter[int] = Counter()
    with found_by_key(connection):
        for entry_ids in _entries(connection, span):
            query = select(io_sessions.c.number).where(_one_of(io_sessions.c.entry_id, entry_ids))
            sizes.update(_sizes(connection, list(connection.execute(query).scalars())))
    return sizes


def _sizes(connection: Connection, numbers: Sequence[int]) -> Counter[int]:
    """Of the sessions with these numbers."""
    sizes: Counter[int] = Counter()
    for part in parts(numbers):
        query = (
            select(io_operations.c.range_id, total(io_operations.c["count"]))
            .where(_one_of(io_operations.c.session, part))
            .group_by(io_operations.c.range_id)
        )
        sizes.update(dict(connection.execute(query).tuples().all()))
    return sizes


def _entries(connection: Connection, span: IoRange) -> Iterator[Sequence[int]]:
    """The ids of entries, which come first: so each session is found by its key, and each operation by its
    session's."""
    query = select(io_entries.c.id).where(*span.within(io_entries))
    return parts(list(connection.execute(query).scalars()))


def _one_of(column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Written into the statement: thousands of parameters cost as much again as the search."""
    return column.in_(bindparam(None, numbers, expanding=True, literal_execute=True))
