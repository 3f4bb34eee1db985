"""Saving samples of storage: the same one twice changes nothing, old ones thin out as they come in."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, ScalarSelect, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users, ids_of_volumes
from usage_store.retention import DAY_SECONDS, Span, horizon, thin_storage
from usage_store.revisions import next_revision
from usage_store.saved import Saved
from usage_store.schema import storage_latest, storage_samples
from usage_store.storage import LIMITS
from usage_store.storage_days import DayChanges
from usermon.records import StorageUsage

_USERS_AT_ONCE = 10_000
WEEK_SECONDS = 7 * DAY_SECONDS
MONTH_SECONDS = 30 * DAY_SECONDS

SeriesId = tuple[int, int]  # user and volume
Samples = dict[int, StorageUsage]  # by epoch second


class _Latest(NamedTuple):
    """The newest sample of a series as it stands."""

    time: int
    used_bytes: int
    files: int
    limits: tuple[int | str | None, ...]  # and graces
    first_time: int


def save_storage(connection: Connection, usages: Iterable[StorageUsage]) -> Saved:
    """Save samples; of two for one moment the later given stands.

    Samples older than 35 days before the newest of their series are kept one a day, as `retention` says.
    """
    by_name, given = _by_series(usages)
    if not by_name:
        return Saved(0, 0, frozenset())
    user_ids = ids_of_users(connection, {user for user, _ in by_name})
    volume_ids = ids_of_volumes(connection, {volume for _, volume in by_name})
    stood = _latest_of(connection, set(user_ids.values()))
    taken, changed_users = 0, set()
    rows: list[dict[str, int]] = []
    latest: list[dict[str, int | str | None]] = []
    spans: dict[SeriesId, Span] = {}
    days = DayChanges()
    for (user, volume), samples in by_name.items():
        series = (user_ids[user], volume_ids[volume])
        before = stood.get(series)
        fresh = samples if before is None else _fresh(connection, series, samples, before)
        after = _latest_after(samples, fresh, before)
        if not fresh and after == before:
            continue
        _count_days(connection, days, series, fresh, before)
        oldest_kept_whole = horizon(after.time)
        rows += (_sample_row(series, t, fresh[t]) for t in _worth_keeping(fresh, oldest_kept_whole))
        latest.append(_latest_row(series, after))
        if before is not None:
            first_fresh = _day_of(min(fresh, default=after.time))
            spans[series] = Span(min(first_fresh, horizon(before.time)), oldest_kept_whole)
        taken += len(fresh)
        changed_users.add(user)
    if latest:
        revision = next_revision(connection, "storage")
        _write(connection, rows, latest, revision)
        days.save(connection)
        thin_storage(connection, spans)
        _note_earlier(connection, revision)
    return Saved(taken, given - taken, frozenset(changed_users))


def _by_series(usages: Iterable[StorageUsage]) -> tuple[dict[tuple[str, str], Samples], int]:
    by_name: dict[tuple[str, str], Samples] = {}
    given = 0
    for usage in usages:
        by_name.setdefault((usage.user, usage.volume), {})[int(usage.time.timestamp())] = usage
        given += 1
    return by_name, given


def _latest_of(connection: Connection, user_ids: set[int]) -> dict[SeriesId, _Latest]:
    columns = ("user_id", "volume_id", "first_time", "time", "used_bytes", "files", *LIMITS)
    ids = sorted(user_ids)
    found: dict[SeriesId, _Latest] = {}
    for start in range(0, len(ids), _USERS_AT_ONCE):
        part = ids[start : start + _USERS_AT_ONCE]
        query = select(*(storage_latest.c[name] for name in columns))
        for user_id, volume_id, first_time, time, used_bytes, files, *limits in connection.execute(
            query.where(storage_latest.c.user_id.in_(part))
        ):
            first_time = time if first_time is None else first_time
            found[user_id, volume_id] = _Latest(time, used_bytes, files, tuple(limits), first_time)
    return found


def _latest_after(samples: Samples, fresh: Samples, before: _Latest | None) -> _Latest:
    # A sample that came late changes the history, not what stands now.
    time = max(samples)
    first = min([*fresh, time] if before is None else [*fresh, before.first_time])
    if before is not None and time < before.time:
        return before._replace(first_time=first)
    newest = samples[time]
    limits = tuple(getattr(newest, name) for name in LIMITS)
    return _Latest(time, newest.used_bytes, newest.files, limits, first)


def _count_days(
    connection: Connection, days: DayChanges, series: SeriesId, fresh: Samples, before: _Latest | None
) -> None:
    """What these samples change in the days of their volume."""
    if not fresh:
        return
    if before is None or min(fresh) >= before.time:
        points = ((time, fresh[time].used_bytes, fresh[time].files) for time in sorted(fresh))
        first_time = min(fresh) if before is None else before.first_time
        days.add(series[1], points, None if before is None else before[:3], first_time)
        return
    amounts = {time: (usage.used_bytes, usage.files) for time, usage in fresh.items()}
    days.replace(connection, series, amounts, before.first_time)


def _fresh(connection: Connection, series: SeriesId, samples: Samples, latest: _Latest) -> Samples:
    """Those that the store does not hold yet, or holds with other values."""
    newest = latest.time
    # A line read again at the end of a file is the usual case, and needs no question to the store.
    if newest in samples and (samples[newest].used_bytes, samples[newest].files) == latest[1:3]:
        samples = {time: usage for time, usage in samples.items() if time != newest}
    late = [time for time in samples if time <= newest]
    if not late:
        return samples
    stored = _stored(connection, series, min(late), _day_of(max(late)) + DAY_SECONDS)
    last_of_day = {_day_of(time): time for time in sorted(stored)}
    thinned_before = horizon(newest)

    def is_known(time: int, usage: StorageUsage) -> bool:
        if time in stored:
            return stored[time] == (usage.used_bytes, usage.files)
        # The day is thinned and a later sample stands for it: this one was here before, or need not be.
        return time < thinned_before and last_of_day.get(_day_of(time), 0) > time

    return {time: usage for time, usage in samples.items() if not is_known(time, usage)}


def _stored(connection: Connection, series: SeriesId, first: int, end: int) -> dict[int, tuple[int, int]]:
    query = select(storage_samples.c.time, storage_samples.c.used_bytes, storage_samples.c.files).where(
        storage_samples.c.user_id == series[0],
        storage_samples.c.volume_id == series[1],
        storage_samples.c.time >= first,
        storage_samples.c.time < end,
    )
    return {time: (used_bytes, files) for time, used_bytes, files in connection.execute(query)}


def _worth_keeping(fresh: Mapping[int, StorageUsage], oldest_kept_whole: int) -> Iterable[int]:
    """Times to insert: of a year's file, most samples would be thinned at once."""
    old = sorted(time for time in fresh if time < oldest_kept_whole)
    yield from {_day_of(time): time for time in old}.values()
    yield from (time for time in fresh if time >= oldest_kept_whole)


def _day_of(time: int) -> int:
    return time // DAY_SECONDS * DAY_SECONDS


def _sample_row(series: SeriesId, time: int, usage: StorageUsage) -> dict[str, int]:
    return {
        "user_id": series[0],
        "volume_id": series[1],
        "time": time,
        "used_bytes": usage.used_bytes,
        "files": usage.files,
    }


def _latest_row(series: SeriesId, latest: _Latest) -> dict[str, int | str | None]:
    return {
        "user_id": series[0],
        "volume_id": series[1],
        "time": latest.time,
        "used_bytes": latest.used_bytes,
        "files": latest.files,
        "first_time": latest.first_time,
        **dict(zip(LIMITS, latest.limits, strict=True)),
    }


def _write(
    connection: Connection,
    rows: list[dict[str, int]],
    latest: list[dict[str, int | str | None]],
    revision: int,
) -> None:
    if rows:
        statement = upsert(connection, storage_samples)
        changed = {name: statement.excluded[name] for name in ("used_bytes", "files")}
        keys = ["user_id", "volume_id", "time"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
    statement = upsert(connection, storage_latest)
    columns = ("first_time", "time", "used_bytes", "files", "revision", *LIMITS)
    changed = {name: statement.excluded[name] for name in columns}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "volume_id"], set_=changed),
        [{**row, "revision": revision} for row in latest],
    )


def _note_earlier(connection: Connection, revision: int) -> None:
    """For the series of this revision: the newest sample that is a week older than the newest of all, and one
    that is a month older; for a month, one of half a year ago does not stand in."""

    def then(column: str, seconds: int, farthest: int | None = None) -> ScalarSelect[int]:
        conditions = [
            storage_samples.c.user_id == storage_latest.c.user_id,
            storage_samples.c.volume_id == storage_latest.c.volume_id,
            storage_samples.c.time <= storage_latest.c.time - seconds,
        ]
        if farthest is not None:
            conditions.append(storage_samples.c.time >= storage_latest.c.time - farthest)
        query = select(storage_samples.c[column]).where(*conditions)
        return query.order_by(storage_samples.c.time.desc()).limit(1).scalar_subquery()

    farthest = MONTH_SECONDS * 6 // 5
    connection.execute(
        storage_latest.update()
        .where(storage_latest.c.revision == revision)
        .values(
            week_ago_bytes=then("used_bytes", WEEK_SECONDS),
            week_ago_files=then("files", WEEK_SECONDS),
            month_ago_bytes=then("used_bytes", MONTH_SECONDS, farthest),
            month_ago_files=then("files", MONTH_SECONDS, farthest),
        )
    )
