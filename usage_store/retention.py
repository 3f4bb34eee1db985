"""Histories thin out with age, so that they stay small for years."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from usage_store.names import ids_of_users
from usage_store.schema import storage_latest, storage_samples

KEEP_ALL_SECONDS = 35 * 86_400
DAY_SECONDS = 86_400


def thin_storage(connection: Connection, only_users: Iterable[str]) -> int:
    """Of samples older than 35 days keep the last of each day (UTC); returns how many went.

    Age counts from the series' own newest sample: a history that ended stays as it was.
    """
    removed = 0
    ids = ids_of_users(connection, only_users)
    series = select(storage_latest.c.user_id, storage_latest.c.volume_id, storage_latest.c.time).where(
        storage_latest.c.user_id.in_(ids.values())
    )
    for user_id, volume_id, newest in connection.execute(series).all():
        # Whole days only, so that no day is thinned half.
        horizon = (newest - KEEP_ALL_SECONDS) // DAY_SECONDS * DAY_SECONDS
        this_series = (storage_samples.c.user_id == user_id, storage_samples.c.volume_id == volume_id)
        last_of_each_day = (
            select(func.max(storage_samples.c.time))
            .where(*this_series, storage_samples.c.time < horizon)
            .group_by(storage_samples.c.time // DAY_SECONDS)
        )
        result = connection.execute(
            storage_samples.delete().where(
                *this_series,
                storage_samples.c.time < horizon,
                storage_samples.c.time.not_in(last_of_each_day),
            )
        )
        removed += result.rowcount
    return removed
