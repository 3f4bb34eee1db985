"""Who holds too much: the questions of alert rules, answered in the database, so that of ten thousand users
only those come back who are over something."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Float, Select, and_, case, cast, func, or_, select

from usage_store.schema import storage_latest, storage_samples, users, volumes
from usage_store.storage import LIMITS, StandingLimits
from usage_store.storage_saving import WEEK_SECONDS

_DAY_SECONDS = 86_400
# Reports come once a day, and some days later than on others.
_LEAST_NEWS_SECONDS = 2 * _DAY_SECONDS


class HeldWithLimits(NamedTuple):
    user: str
    volume: str
    time: int
    used_bytes: int
    files: int
    limits: StandingLimits


class Grown(NamedTuple):
    """`before_bytes` were held at the start of the time that was asked for, or at the first sample in it."""

    user: str
    volume: str
    time: int
    used_bytes: int
    before_bytes: int


def over_limits(connection: Connection, over_soft: bool, percent: float | None) -> Iterator[HeldWithLimits]:
    """Series over a soft limit, or from `percent` of the hard limit on (of the soft one without it)."""
    table = storage_latest.c
    over: list[ColumnElement[bool]] = []
    for used, soft, hard in (
        (table.used_bytes, table.soft_limit_bytes, table.hard_limit_bytes),
        (table.files, table.soft_limit_files, table.hard_limit_files),
    ):
        if over_soft:
            over.append(and_(soft > 0, used > soft))
        if percent is not None:
            # Tools write "no limit" as 0. In floats: a hundred times what is held passes any integer.
            bound = func.coalesce(func.nullif(hard, 0), func.nullif(soft, 0))
            over.append(cast(used, Float) * 100 >= cast(bound, Float) * percent)
    columns = ("time", "used_bytes", "files", *LIMITS)
    for user, volume, time, used_bytes, files, *limits in connection.execute(
        _series(*(table[name] for name in columns)).where(or_(*over))
    ):
        yield HeldWithLimits(user, volume, time, used_bytes, files, StandingLimits._make(limits))


def over_amounts(
    connection: Connection, more_bytes: int | None, more_files: int | None
) -> Iterator[tuple[str, str, int, int]]:
    """User, volume, bytes and files of series above one of both."""
    table = storage_latest.c
    over = [
        *([] if more_bytes is None else [table.used_bytes > more_bytes]),
        *([] if more_files is None else [table.files > more_files]),
    ]
    if over:
        rows = connection.execute(_series(table.used_bytes, table.files).where(or_(*over)))
        yield from ((row[0], row[1], row[2], row[3]) for row in rows)


def grown(connection: Connection, over_bytes: int, within_seconds: int, now: int) -> Iterator[Grown]:
    """Series that hold so many bytes more than so long before. Whose newest sample is older than that itself
    grew at another time; who has none of before came meanwhile."""
    table = storage_latest.c
    start = table.time - within_seconds
    is_candidate = [
        table.used_bytes > over_bytes,
        table.time >= now - max(within_seconds, _LEAST_NEWS_SECONDS),
    ]
    if within_seconds == WEEK_SECONDS:  # stands ready
        is_candidate.append(table.used_bytes - table.week_ago_bytes > over_bytes)
    near = start - max(within_seconds // 2, _DAY_SECONDS)
    known = _sample(storage_samples.c.time <= start)
    then = func.coalesce(
        _sample(storage_samples.c.time <= start, storage_samples.c.time >= near),
        # Nobody knows what was held at the start; what came since the first sample after it is certain.
        case((known.is_not(None), _sample(storage_samples.c.time > start, is_first=True))),
    )
    series = _series(table.time, table.used_bytes, then.label("before")).where(*is_candidate).subquery()
    rows = connection.execute(select(series).where(series.c.used_bytes - series.c.before > over_bytes))
    yield from (Grown(*row) for row in rows)


def _series(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(users.c.name, volumes.c.name.label("volume"), *columns)
        .select_from(storage_latest)
        .join(users, users.c.id == storage_latest.c.user_id)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
    )


def _sample(*conditions: ColumnElement[bool], is_first: bool = False) -> ColumnElement[Any]:
    """What the newest sample, or the first, of those held."""
    query = select(storage_samples.c.used_bytes).where(
        storage_samples.c.user_id == storage_latest.c.user_id,
        storage_samples.c.volume_id == storage_latest.c.volume_id,
        *conditions,
    )
    order = storage_samples.c.time if is_first else storage_samples.c.time.desc()
    return query.order_by(order).limit(1).correlate(storage_latest).scalar_subquery()
