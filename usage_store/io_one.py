"""One user, or one machine, of the I/O logs: found by name, what they read where, their place among all."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from usage_store.collection_runs import storable
from usage_store.io_histogram import SizeBucket, histogram, sizes_of_one
from usage_store.io_owners import USERS, IoMachine, IoUser, Owners, machines_about, users_about
from usage_store.io_ranges import IoRange
from usage_store.io_walk import partners_of, walk
from usage_store.schema import users
from usage_store.schema_io import io_machines, io_pairs, io_users


@dataclass(frozen=True, slots=True)
class Partner:
    """A machine that a user read on, or a user of a machine."""

    about: IoUser | IoMachine
    total: int
    sessions: int


def find_user(connection: Connection, name: str) -> tuple[int, IoUser] | None:
    """Somebody in the logs, with their id."""
    query = (
        select(users.c.id, users.c.name, io_users.c.role, io_users.c.affiliation)
        .join(io_users, io_users.c.user_id == users.c.id)
        .where(users.c.name == storable(name))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.id, IoUser(row.name, row.role, row.affiliation))


def find_machine(connection: Connection, kind: str, name: str) -> tuple[int, IoMachine] | None:
    """A machine in the logs, with its id."""
    query = select(io_machines.c.id, io_machines.c.name, io_machines.c.type).where(
        io_machines.c.name == storable(name), io_machines.c.type == storable(kind)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.id, IoMachine(row.name, row.type))


def rank_of(totals: Mapping[int, int], number: int) -> int:
    """1 for whoever read most; equals share their rank."""
    own = totals.get(number, 0)
    return 1 + sum(1 for total in totals.values() if total > own)


def first_and_newest(connection: Connection, owners: Owners, number: int) -> tuple[int, int] | None:
    """The times of the first and the newest entry that name them."""
    times = owners.times
    query = select(func.min(times.c.time), func.max(times.c.time)).where(times.c[owners.key] == number)
    first, newest = connection.execute(query).one()
    return None if first is None else (first, newest)


def sizes_and_partners(
    connection: Connection, owners: Owners, number: int, span: IoRange
) -> tuple[list[SizeBucket], list[Partner]]:
    """What the one of `owners` with that id read in `span`: by size, and by partner, the most first."""
    if not span.is_all:
        walked = walk(connection, span, owners, number)
        sizes = histogram(connection, walked.sizes)
        found = {partner: (walked.partners[partner], count) for partner, count in walked.sessions.items()}
    else:
        sizes = sizes_of_one(connection, owners, number)
        partner = io_pairs.c[partners_of(owners).key]
        query = select(partner, io_pairs.c.total, io_pairs.c.sessions)
        rows = connection.execute(query.where(io_pairs.c[owners.key] == number))
        found = {of: (total, sessions) for of, total, sessions in rows}
    about: Mapping[int, IoUser | IoMachine]
    about = machines_about(connection) if owners is USERS else users_about(connection)
    partners = [Partner(about[of], *sums) for of, sums in found.items()]
    return sizes, sorted(partners, key=lambda one: (-one.total, -one.sessions, one.about.name))
