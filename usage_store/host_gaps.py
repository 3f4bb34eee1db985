"""When hosts gave too few samples, or none: looked for where samples are missing, not among all that came.

Of a thousand hosts' minutes of a day nearly all are as they should be. So the first question about each
stretch of time is whether it is whole, which the key alone answers; only what is not is gone through sample
by sample.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    union_all,
    values,
)

from usage_store.engine import not_compiled
from usage_store.hosts import BUCKET_SECONDS, Span
from usage_store.paging import Page, Window, fetch_page
from usage_store.schema_hosts import host_usage, hosts
from usage_store.schema_rollups import host_rollups

# An hour, where silences are what is longer than two minutes.
_PARTS_OF_A_STRETCH = 60

_Second = int | ColumnElement[int]


class _Suspect(NamedTuple):
    """A host, and from when until when it may have been silent."""

    host_id: int
    start: int
    end: int


def gaps(connection: Connection, span: Span, due: int, window: Window) -> Page:
    """Buckets of five minutes with fewer than `due` samples, those with none too.

    A host is due from the bucket of its first sample on, or from where its minutes are kept.
    """
    if span.start >= span.end:
        return Page([], 0)
    buckets = _steps(span, BUCKET_SECONDS)
    bucket = buckets.c.start
    in_bucket = (hosts.c.id, bucket, bucket + BUCKET_SECONDS)
    last_due = _of_host(host_usage.c.time, *in_bucket).limit(1).offset(due - 1).scalar_subquery()
    query = (
        select(
            hosts.c.id.label("host_id"),
            hosts.c.name.label("hostname"),
            bucket.label("rounded_timestamp"),
            _of_host(func.count(), *in_bucket).scalar_subquery().label("samples"),
        )
        .select_from(hosts)
        .outerjoin(host_rollups, host_rollups.c.host_id == hosts.c.id)
        .join(
            buckets,
            and_(
                bucket > hosts.c.first_time - BUCKET_SECONDS,
                bucket >= func.coalesce(host_rollups.c.minutes_from, 0),
            ),
        )
        .where(last_due.is_(None))
        .order_by(bucket, hosts.c.id)
    )
    with not_compiled(connection):
        return _fetch_counted(connection, query, window)


def silences(connection: Connection, span: Span, longer_than: int, window: Window) -> Page:
    """Stretches of more than `longer_than` seconds without a sample; `next` is null for one that lasts to the
    end of the span."""
    with not_compiled(connection):
        suspects = _suspects(connection, span, longer_than)
        if not suspects:
            return Page([], 0)
        samples = _samples_of(suspects, span)
        following = func.lead(samples.c.time).over(partition_by=samples.c.host_id, order_by=samples.c.time)
        steps = select(samples, following.label("next")).subquery()
        seconds = func.coalesce(steps.c.next, span.end) - steps.c.time
        query = (
            select(
                hosts.c.id.label("host_id"),
                hosts.c.name.label("hostname"),
                steps.c.time.label("last_before"),
                steps.c.next,
                (cast(seconds, Float) / 60).label("minutes"),
            )
            .join(hosts, hosts.c.id == steps.c.host_id)
            .where(steps.c.time < steps.c.until, seconds > longer_than)
            .order_by(hosts.c.id, steps.c.time)
        )
        return _fetch_counted(connection, query, window)


def _suspects(connection: Connection, span: Span, longer_than: int) -> list[_Suspect]:
    """Of each host that may have a silence, the span of all stretches that are not whole.

    However time is cut into equal parts, a silence of two lengths has a whole part in it. So a stretch with a
    sample in each part has none but what began before.
    """
    part = (longer_than + 1) // 2
    length = max(part, 1) * _PARTS_OF_A_STRETCH
    stretches = _steps(span, length)
    start = stretches.c.start
    end = case((start + length > span.end, literal(span.end, BigInteger)), else_=start + length)
    before = _of_host(func.max(host_usage.c.time), hosts.c.id, 0, start).scalar_subquery()
    first = _of_host(func.min(host_usage.c.time), hosts.c.id, start, end).scalar_subquery()
    misses = and_(start == span.start, func.coalesce(first, end) - before > longer_than)
    if part:
        number = (host_usage.c.time - start) // part
        filled = _of_host(func.count(func.distinct(number)), hosts.c.id, start, end).scalar_subquery()
        misses = or_(filled * part < end - start, misses)
    query = (
        select(hosts.c.id, func.min(start), func.max(end))
        .join(stretches, start + length > hosts.c.first_time)
        .where(misses if part else start >= span.start)
        .group_by(hosts.c.id)
    )
    return [_Suspect(*row) for row in connection.execute(query)]


def _samples_of(suspects: Sequence[_Suspect], span: Span) -> FromClause:
    """`host_id` and `time` of the suspects' samples in their time, and of the one before and the one after;
    `until` is its end."""
    columns = (column("host_id", Integer), column("since", BigInteger), column("until", BigInteger))
    known = values(*columns, name="suspects", literal_binds=True).data(list(suspects)).cte("suspects").c
    before = _of_host(func.max(host_usage.c.time), known.host_id, 0, known.since).scalar_subquery()
    after = _of_host(func.min(host_usage.c.time), known.host_id, known.until, span.end).scalar_subquery()
    within = select(known.host_id, host_usage.c.time, known.until).join(
        host_usage,
        and_(
            host_usage.c.host_id == known.host_id,
            host_usage.c.time >= known.since,
            host_usage.c.time < known.until,
        ),
    )
    around = (select(known.host_id, time, known.until).where(time.is_not(None)) for time in (before, after))
    return union_all(within, *around).subquery()


def _steps(span: Span, seconds: int) -> CTE:
    """`start`: the beginning of the span, and of every so many seconds of it."""
    steps = select(literal(span.start, BigInteger).label("start")).cte("steps", recursive=True)
    following = steps.c.start + seconds
    return steps.union_all(select(following).where(following < span.end))


def _of_host(asked: Any, host_id: ColumnElement[int], start: _Second, end: _Second) -> Select[Any]:
    return (
        select(asked)
        .select_from(host_usage)
        .where(host_usage.c.host_id == host_id, host_usage.c.time >= start, host_usage.c.time < end)
    )


def _fetch_counted(connection: Connection, query: Select[Any], window: Window) -> Page:
    """As `fetch_page`, for queries so dear that their rows are counted in the same go."""
    counted = query.add_columns(func.count().over().label("total"))
    rows = [
        dict(row) for row in connection.execute(counted.limit(window.limit).offset(window.offset)).mappings()
    ]
    if not rows:
        return fetch_page(connection, query, window)
    return Page([{name: row[name] for name in row if name != "total"} for row in rows], rows[0]["total"])
