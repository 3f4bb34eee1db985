"""Who holds how much on which volume: the questions that pages ask. Saving is in storage_saving.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from usage_store.schema import storage_latest, storage_samples, users, volumes


class LatestUsage(NamedTuple):
    """The newest sample of one user on one volume, and what was held a week and a month before it (None: not
    known)."""

    user: str
    volume: str
    time: int
    used_bytes: int
    files: int
    week_ago_bytes: int | None
    week_ago_files: int | None
    month_ago_bytes: int | None = None
    month_ago_files: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One user's one volume through time, ascending; all three lists have the same length. Limits and graces
    are the newest."""

    time: list[int]
    used_bytes: list[int]
    files: list[int]
    soft_limit_bytes: int | None
    hard_limit_bytes: int | None
    soft_limit_files: int | None
    hard_limit_files: int | None
    bytes_grace: str | None
    files_grace: str | None


class StandingLimits(NamedTuple):
    """What bounds one user on one volume, as the newest sample has it; a grace is "6 days" or "expired"."""

    soft_limit_bytes: int | None
    hard_limit_bytes: int | None
    soft_limit_files: int | None
    hard_limit_files: int | None
    bytes_grace: str | None
    files_grace: str | None


LIMITS = StandingLimits._fields
_NONE = [None] * len(LIMITS)


def standing_limits(
    connection: Connection, changed_after: int = 0
) -> dict[tuple[str, str], StandingLimits | None]:
    """By user and volume; who has none is not among them.

    `changed_after` leaves out series that stand as they stood at that revision of "storage"; those that have
    no limits any more are None then.
    """
    columns = [storage_latest.c[name] for name in LIMITS]
    query = (
        select(users.c.name, volumes.c.name, *columns)
        .select_from(storage_latest)
        .join(users, users.c.id == storage_latest.c.user_id)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
    )
    if changed_after:
        query = query.where(storage_latest.c.revision > changed_after)
    else:
        query = query.where(or_(*(column.is_not(None) for column in columns)))
    return {
        (user, volume): StandingLimits._make(limits) if limits != _NONE else None
        for user, volume, *limits in connection.execute(query)
    }


def latest_storage(
    connection: Connection, only_users: Sequence[str] | None = None, changed_after: int = 0
) -> list[LatestUsage]:
    """The newest sample of every series, by user and volume, each with its values a week and a month before.

    `changed_after` leaves out series that stand as they stood at that revision of "storage".
    """
    columns = LatestUsage._fields[2:]
    query = (
        select(users.c.name, volumes.c.name, *(storage_latest.c[name] for name in columns))
        .select_from(storage_latest)
        .join(users, users.c.id == storage_latest.c.user_id)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
        .order_by(users.c.name, volumes.c.name)
    )
    if changed_after:
        query = query.where(storage_latest.c.revision > changed_after)
    if only_users is not None:
        query = query.where(users.c.name.in_(only_users))
    return [LatestUsage._make(row) for row in connection.execute(query)]


def storage_histories(connection: Connection, user: str) -> dict[str, History]:
    """All that is kept of one user, by volume."""
    histories = {}
    for volume_id, volume, user_id, *limits in connection.execute(_SERIES, {"of_user": user}).all():
        of_series = {"of_user": user_id, "of_volume": volume_id}
        rows = connection.execute(_SAMPLES, of_series).all()
        time, used_bytes, files = (
            (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        )
        histories[volume] = History(time, used_bytes, files, *limits)
    return histories


# Made once: for ten thousand users in a row, making them takes longer than asking.
_SERIES = (
    select(
        volumes.c.id, volumes.c.name, storage_latest.c.user_id, *(storage_latest.c[name] for name in LIMITS)
    )
    .select_from(storage_latest)
    .join(volumes, volumes.c.id == storage_latest.c.volume_id)
    .join(users, users.c.id == storage_latest.c.user_id)
    .where(users.c.name == bindparam("of_user"))
    .order_by(volumes.c.name)
)
_SAMPLES = (
    select(storage_samples.c.time, storage_samples.c.used_bytes, storage_samples.c.files)
    .where(
        storage_samples.c.user_id == bindparam("of_user"),
        storage_samples.c.volume_id == bindparam("of_volume"),
    )
    .order_by(storage_samples.c.time)
)


def volume_names(connection: Connection) -> list[str]:
    return list(connection.execute(select(volumes.c.name).order_by(volumes.c.name)).scalars())
