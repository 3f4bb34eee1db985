"""The sessions of a short range, one by one: what no sums are kept of.

At most a day of everybody, or a month of one user or machine: some ten thousand operations, where a log has
millions.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from usage_store.io_owners import MACHINES, USERS, Owners, parts, total
from usage_store.io_ranges import IoRange
from usage_store.schema_io import io_entries, io_operations, io_sessions


@dataclass(frozen=True, slots=True)
class Walked:
    """Reads by the id of a range of sizes; reads and sessions by the id of a partner: of a user the machines,
    of a machine the users, of all the users."""

    sizes: Counter[int]
    partners: Counter[int]
    sessions: Counter[int]


def partners_of(owners: Owners | None) -> Owners:
    """Users have machines, and all else has users."""
    return MACHINES if owners is USERS else USERS


def walk(connection: Connection, span: IoRange, owners: Owners | None = None, number: int = 0) -> Walked:
    """All sessions in `span`, or those of the one of `owners` with that id."""
    walked = Walked(Counter(), Counter(), Counter())
    partner = io_sessions.c[partners_of(owners).key]
    # The entries first: so each session is found by its key, and each operation by its session's.
    entries = list(connection.execute(select(io_entries.c.id).where(*span.within(io_entries))).scalars())
    for part in parts(entries):
        of_these: list[ColumnElement[bool]] = [io_sessions.c.entry_id.in_(part)]
        if owners is not None:
            of_these.append(io_sessions.c[owners.key] == number)
        sessions = select(partner, func.count()).where(*of_these).group_by(partner)
        walked.sessions.update(dict(connection.execute(sessions).tuples().all()))
        operations = (
            select(partner, io_operations.c.range_id, total(io_operations.c["count"]))
            .join_from(io_sessions, io_operations, io_operations.c.session == io_sessions.c.number)
            .where(*of_these)
            .group_by(partner, io_operations.c.range_id)
        )
        for of, range_id, read in connection.execute(operations):
            walked.sizes[range_id] += read
            walked.partners[of] += read
    return walked
