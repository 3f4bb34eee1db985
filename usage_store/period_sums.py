"""What a stretch of time came to, for reports: who held how much at its ends, and who read how much in it."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, ScalarSelect, cast, func, select

from usage_store.schema import storage_latest, storage_samples, users, volumes
from usage_store.schema_io import io_machine_days, io_machines, io_user_days


class Held(NamedTuple):
    """One user on one volume at both ends; `then` is None for who was not measured before."""

    user: str
    volume: str
    then_bytes: int | None
    then_files: int | None
    bytes: int
    files: int


class Reads(NamedTuple):
    """All operations, and the heaviest users and machines with theirs."""

    total: int
    users: tuple[tuple[str, int], ...]
    machines: tuple[tuple[str, int], ...]


def held_at_ends(connection: Connection, start: int, end: int) -> list[Held]:
    """By the newest samples at `start` and before `end` (epoch seconds); who had none by then is left out."""
    sizes, counts = storage_samples.c.used_bytes, storage_samples.c.files
    query = (
        select(
            users.c.name,
            volumes.c.name,
            _newest(sizes, start),
            _newest(counts, start),
            _newest(sizes, end - 1),
            _newest(counts, end - 1),
        )
        .select_from(storage_latest)
        .join(users, users.c.id == storage_latest.c.user_id)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
        .order_by(users.c.name, volumes.c.name)
    )
    return [Held._make(row) for row in connection.execute(query) if row[4] is not None]


def _newest(column: Column[int], time: int) -> ScalarSelect[int]:
    """Found by the key of the samples: no walk through their millions."""
    samples = storage_samples.c
    query = select(column).where(
        samples.user_id == storage_latest.c.user_id,
        samples.volume_id == storage_latest.c.volume_id,
        samples.time <= time,
    )
    return query.order_by(samples.time.desc()).limit(1).correlate(storage_latest).scalar_subquery()


def reads_within(connection: Connection, first_day: int, last_day: int, most: int) -> Reads | None:
    """Days by the clock on the wall, counted from 1970-01-01, both within. None: no log tells of them."""
    of_users, of_machines = io_user_days.c, io_machine_days.c
    total = connection.execute(
        select(cast(func.sum(of_users.total), BigInteger)).where(of_users.day.between(first_day, last_day))
    ).scalar()
    if total is None:
        return None
    amount = cast(func.sum(of_users.total), BigInteger)
    heaviest_users = (
        select(users.c.name, amount)
        .join(users, users.c.id == of_users.user_id)
        .where(of_users.day.between(first_day, last_day))
        .group_by(users.c.name)
        .order_by(amount.desc(), users.c.name)
        .limit(most)
    )
    amount = cast(func.sum(of_machines.total), BigInteger)
    heaviest_machines = (
        select(io_machines.c.name, amount)
        .join(io_machines, io_machines.c.id == of_machines.machine_id)
        .where(of_machines.day.between(first_day, last_day))
        .group_by(io_machines.c.name)
        .order_by(amount.desc(), io_machines.c.name)
        .limit(most)
    )
    return Reads(
        int(total),
        tuple(connection.execute(heaviest_users).tuples().all()),
        tuple(connection.execute(heaviest_machines).tuples().all()),
    )
