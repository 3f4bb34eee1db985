"""Who holds how much on which volume: the questions that pages ask. Saving is in storage_saving.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from usage_store.schema import storage_latest, storage_samples, users, volumes

WEEK_SECONDS = 7 * 86_400


class LatestUsage(NamedTuple):
    """The newest sample of one user on one volume, and what was held a week before it (None: not known)."""

    user: str
    volume: str
    time: int
    used_bytes: int
    files: int
    week_ago_bytes: int | None
    week_ago_files: int | None


@dataclass(frozen=True, slots=True)
class History:
    """One user's one volume through time, ascending; all three lists have the same length."""

    time: list[int]
    used_bytes: list[int]
    files: list[int]
    soft_limit_bytes: int | None
    hard_limit_bytes: int | None


def latest_storage(connection: Connection, only_users: Sequence[str] | None = None) -> list[LatestUsage]:
    """The newest sample of every series, by user and volume, each with its value a week before."""
    week_ago = (
        select(func.max(storage_samples.c.time))
        .where(
            storage_samples.c.user_id == storage_latest.c.user_id,
            storage_samples.c.volume_id == storage_latest.c.volume_id,
            storage_samples.c.time <= storage_latest.c.time - WEEK_SECONDS,
        )
        .correlate(storage_latest)
        .scalar_subquery()
    )
    then = storage_samples.alias("then")
    query = (
        select(
            users.c.name,
            volumes.c.name,
            storage_latest.c.time,
            storage_latest.c.used_bytes,
            storage_latest.c.files,
            then.c.used_bytes,
            then.c.files,
        )
        .select_from(storage_latest)
        .join(users, users.c.id == storage_latest.c.user_id)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
        .outerjoin(
            then,
            and_(
                then.c.user_id == storage_latest.c.user_id,
                then.c.volume_id == storage_latest.c.volume_id,
                then.c.time == week_ago,
            ),
        )
        .order_by(users.c.name, volumes.c.name)
    )
    if only_users is not None:
        query = query.where(users.c.name.in_(only_users))
    return [LatestUsage._make(row) for row in connection.execute(query)]


def storage_histories(connection: Connection, user: str) -> dict[str, History]:
    """All that is kept of one user, by volume."""
    series = (
        select(
            volumes.c.id,
            volumes.c.name,
            storage_latest.c.user_id,
            storage_latest.c.soft_limit_bytes,
            storage_latest.c.hard_limit_bytes,
        )
        .select_from(storage_latest)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
        .join(users, users.c.id == storage_latest.c.user_id)
        .where(users.c.name == user)
        .order_by(volumes.c.name)
    )
    histories = {}
    for volume_id, volume, user_id, soft, hard in connection.execute(series).all():
        rows = connection.execute(
            select(storage_samples.c.time, storage_samples.c.used_bytes, storage_samples.c.files)
            .where(storage_samples.c.user_id == user_id, storage_samples.c.volume_id == volume_id)
            .order_by(storage_samples.c.time)
        ).all()
        time, used_bytes, files = (
            (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        )
        histories[volume] = History(time, used_bytes, files, soft, hard)
    return histories


def volume_names(connection: Connection) -> list[str]:
    return list(connection.execute(select(volumes.c.name).order_by(volumes.c.name)).scalars())
