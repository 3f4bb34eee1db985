"""Who holds how much on which volume: saving samples, and the questions that pages ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users, ids_of_volumes
from usage_store.revisions import next_revision
from usage_store.schema import storage_latest, storage_samples, users, volumes
from usermon.records import StorageUsage

WEEK_SECONDS = 7 * 86_400
# SQLite takes 32 766 parameters a statement; five a row.
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: samples that were new or changed, samples that the store held already."""

    taken: int
    known: int
    users: frozenset[str]


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


def save_storage(connection: Connection, usages: Iterable[StorageUsage]) -> Saved:
    """Save samples; the same one twice changes nothing, and of two for one moment the later given stands."""
    by_series: dict[tuple[str, str], dict[int, StorageUsage]] = {}
    doubled = 0
    for usage in usages:
        series = by_series.setdefault((usage.user, usage.volume), {})
        second = int(usage.time.timestamp())
        doubled += second in series
        series[second] = usage
    if not by_series:
        return Saved(0, 0, frozenset())
    user_ids = ids_of_users(connection, {user for user, _ in by_series})
    volume_ids = ids_of_volumes(connection, {volume for _, volume in by_series})
    taken, known, changed_users = 0, doubled, set()
    revision: int | None = None
    for (user, volume), series in by_series.items():
        ids = (user_ids[user], volume_ids[volume])
        fresh = _not_in_store(connection, ids, series)
        known += len(series) - len(fresh)
        if not fresh and not _limits_changed(connection, ids, series):
            continue
        revision = next_revision(connection, "storage") if revision is None else revision
        _insert_samples(connection, ids, fresh)
        _note_latest(connection, ids, series, revision)
        taken += len(fresh)
        changed_users.add(user)
    return Saved(taken, known, frozenset(changed_users))


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


def _not_in_store(
    connection: Connection, ids: tuple[int, int], series: dict[int, StorageUsage]
) -> dict[int, StorageUsage]:
    rows = connection.execute(
        select(storage_samples.c.time, storage_samples.c.used_bytes, storage_samples.c.files).where(
            storage_samples.c.user_id == ids[0],
            storage_samples.c.volume_id == ids[1],
            storage_samples.c.time.between(min(series), max(series)),
        )
    )
    stored = {time: (used_bytes, files) for time, used_bytes, files in rows}
    return {t: usage for t, usage in series.items() if stored.get(t) != (usage.used_bytes, usage.files)}


def _insert_samples(connection: Connection, ids: tuple[int, int], fresh: dict[int, StorageUsage]) -> None:
    rows = [
        {
            "user_id": ids[0],
            "volume_id": ids[1],
            "time": t,
            "used_bytes": usage.used_bytes,
            "files": usage.files,
        }
        for t, usage in fresh.items()
    ]
    statement = upsert(connection, storage_samples)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id", "volume_id", "time"],
        set_={"used_bytes": statement.excluded.used_bytes, "files": statement.excluded.files},
    )
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        connection.execute(statement, rows[start : start + _ROWS_AT_ONCE])


_LIMITS = ("soft_limit_bytes", "hard_limit_bytes", "soft_limit_files", "hard_limit_files")


def _limits_changed(connection: Connection, ids: tuple[int, int], series: dict[int, StorageUsage]) -> bool:
    stored = connection.execute(
        select(storage_latest.c.time, *(storage_latest.c[name] for name in _LIMITS)).where(
            storage_latest.c.user_id == ids[0], storage_latest.c.volume_id == ids[1]
        )
    ).one_or_none()
    newest = series[max(series)]
    if stored is None:
        return True
    return stored[0] <= max(series) and tuple(stored[1:]) != tuple(getattr(newest, name) for name in _LIMITS)


def _note_latest(
    connection: Connection, ids: tuple[int, int], series: dict[int, StorageUsage], revision: int
) -> None:
    newest = series[max(series)]
    row = {
        "user_id": ids[0],
        "volume_id": ids[1],
        "time": max(series),
        "used_bytes": newest.used_bytes,
        "files": newest.files,
        "revision": revision,
        **{name: getattr(newest, name) for name in _LIMITS},
    }
    connection.execute(upsert(connection, storage_latest).values(row).on_conflict_do_nothing())
    this_series = and_(storage_latest.c.user_id == ids[0], storage_latest.c.volume_id == ids[1])
    connection.execute(storage_latest.update().where(this_series).values(revision=revision))
    # A sample that came late changes the history, not what stands now.
    connection.execute(
        storage_latest.update().where(this_series, storage_latest.c.time <= row["time"]).values(row)
    )
