"""How much of their memory hosts used, in buckets of five minutes."""

from itertools import accumulate
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Table,
    and_,
    cast,
    func,
    or_,
    select,
    union_all,
)

from usage_store.hosts import (
    BUCKET_SECONDS,
    MINUTES_AND_HOURS,
    Span,
    bucket_of,
    hardware_spans,
    within,
)
from usage_store.paging import Page, Window
from usage_store.schema_hosts import host_hardware, hosts

_MIB = 1024**2


def memory_by_bucket(connection: Connection, span: Span, window: Window) -> Page:
    """How much of its memory each host used on average, for every five minutes with samples (or old hour).

    `avg_used_mem_percent` is the mean of whole percents, as the table's first users know it;
    `avg_used_mem_percent_exact` rounds nothing before the mean.

    Of a thousand hosts a page shows four: all buckets are counted, means are made of those hosts only.
    """
    counts = _counts(connection, span)
    ends = list(accumulate(count for _, count in counts))
    total = ends[-1] if ends else 0
    shown = [
        (host_id, end - count)
        for (host_id, count), end in zip(counts, ends, strict=True)
        if end > window.offset and end - count < window.offset + window.limit
    ]
    if not shown:
        return Page([], total)
    host_ids = [host_id for host_id, _ in shown]
    # Each table by itself: over both at once the databases would copy every row first.
    buckets = union_all(
        *(_memory_of(table, samples, span, host_ids) for table, samples in MINUTES_AND_HOURS)
    ).subquery()
    query = select(buckets).order_by(buckets.c.host_id, buckets.c.rounded_timestamp)
    query = query.limit(window.limit).offset(window.offset - shown[0][1])
    return Page([dict(row) for row in connection.execute(query).mappings()], total)


def _counts(connection: Connection, span: Span) -> list[tuple[int, int]]:
    """How many buckets with samples each host has, by its number; one whose memory is not known has none."""
    counted = sum(
        (
            select(func.count(func.distinct(table.c.time // BUCKET_SECONDS)))
            .where(table.c.host_id == hosts.c.id, *within(table.c.time, span.start, span.end))
            .scalar_subquery()
            for table, _ in MINUTES_AND_HOURS
        ),
        start=cast(0, Integer),
    )
    is_known = select(host_hardware.c.host_id).where(host_hardware.c.host_id == hosts.c.id).exists()
    query = select(hosts.c.id, counted).where(is_known).order_by(hosts.c.id)
    return [(host_id, count) for host_id, count in connection.execute(query) if count]


def _memory_of(table: Table, samples: ColumnElement[int], span: Span, host_ids: list[int]) -> Select[Any]:
    spans = hardware_spans().subquery()
    total_mib = spans.c.total_memory_bytes // _MIB
    whole_percent = (total_mib - table.c.memory_free_mib) * 100 // total_mib
    used_part = 1.0 - cast(table.c.memory_free_mib, Float) * _MIB / spans.c.total_memory_bytes
    bucket = bucket_of(table.c.time)
    return (
        select(
            hosts.c.id.label("host_id"),
            hosts.c.name.label("hostname"),
            bucket.label("rounded_timestamp"),
            func.avg(cast(whole_percent, Float)).label("avg_used_mem_percent"),
            (func.avg(used_part) * 100).label("avg_used_mem_percent_exact"),
            cast(func.sum(samples), Integer).label("samples"),
        )
        .select_from(hosts)
        .join(table, table.c.host_id == hosts.c.id)
        .join(
            spans,
            and_(
                spans.c.host_id == hosts.c.id,
                # Of a time before all that is known of the hardware, the first known is the best guess.
                or_(spans.c.is_first, table.c.time >= spans.c.since),
                or_(spans.c.until.is_(None), table.c.time < spans.c.until),
            ),
        )
        .where(hosts.c.id.in_(host_ids), *within(table.c.time, span.start, span.end))
        .group_by(hosts.c.id, hosts.c.name, bucket)
    )
