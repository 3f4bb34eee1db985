"""What hosts are and how they do: the questions that pages and programs ask. Saving is in host_saving.py.

Rows are dicts with times as epoch seconds. Every answer is made in the database: of a thousand hosts' minutes
none passes through Python but those asked for. Old minutes have become hours (see host_hours.py): they are
part of histories and means, and no gaps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)

from usage_store.paging import Page, Window, fetch_page
from usage_store.schema_hosts import (
    host_disk_sizes,
    host_gpu_usage,
    host_gpus,
    host_hardware,
    host_mount_usage,
    host_mounts,
    host_usage,
    hosts,
)
from usage_store.schema_rollups import host_gpu_hours, host_hours, host_mount_hours

BUCKET_SECONDS = 300
# Without a range, questions about all hosts are about the last week that there is, or as many days of it, one
# at least, as so many samples fill.
USUAL_SECONDS = 7 * 86_400
_USUAL_SAMPLES = 2_000_000

_MIB = 1024**2
_KIB = 1024
MINUTES_AND_HOURS = ((host_usage, literal(1)), (host_hours, host_hours.c.samples))
_HARDWARE = ("cpu_number", "cpu_architecture", "cpu_model", "cpu_mhz")


@dataclass(frozen=True, slots=True)
class Span:
    """From the first second to the one after the last."""

    start: int
    end: int


def is_host(connection: Connection, name: str) -> bool:
    return connection.execute(select(hosts.c.id).where(hosts.c.name == name)).first() is not None


def span_of(connection: Connection, start: int | None, end: int | None, now: int) -> Span:
    """What is asked for, in whole buckets; without an end, to the newest sample that is there, and without a
    start, from a week before the end (of many hosts, fewer days). A bucket that is not over is left out."""
    newest, count = connection.execute(
        select(func.max(hosts.c.newest_time), func.count()).where(hosts.c.newest_time <= now + BUCKET_SECONDS)
    ).one()
    usual = min(USUAL_SECONDS, max(1, _USUAL_SAMPLES // (1440 * max(1, count))) * 86_400)
    to = min(now if end is None else end, now, *(() if end is not None or newest is None else (newest + 1,)))
    over = now // BUCKET_SECONDS * BUCKET_SECONDS
    last = min(-(-to // BUCKET_SECONDS) * BUCKET_SECONDS, over)
    first = (last - usual if start is None else start) // BUCKET_SECONDS * BUCKET_SECONDS
    return Span(max(0, first), max(0, last))


def all_hosts(connection: Connection, window: Window) -> Page:
    """Each host with its hardware and its newest sample; null where nothing is known."""
    hardware = _current_hardware().subquery()
    query = (
        select(
            hosts.c.id.label("host_id"),
            hosts.c.name.label("hostname"),
            *_hardware_columns(hardware.c),
            hardware.c.since.label("hardware_since"),
            hosts.c.newest_time.label("timestamp"),
            *_usage_columns(host_usage.c),
            host_disk_sizes.c.size_mib.label("disk_size"),
        )
        .select_from(hosts)
        .outerjoin(hardware, hardware.c.host_id == hosts.c.id)
        .outerjoin(
            host_usage, and_(host_usage.c.host_id == hosts.c.id, host_usage.c.time == hosts.c.newest_time)
        )
        .outerjoin(
            host_disk_sizes, and_(host_disk_sizes.c.host_id == hosts.c.id, host_disk_sizes.c.mount == "")
        )
        .order_by(hosts.c.name)
    )
    return fetch_page(connection, query, window)


def usage_of_host(
    connection: Connection, name: str, start: int | None, end: int | None, window: Window
) -> Page:
    """One host's samples through time, each with its mounts and GPUs; of old hours the means of `samples`."""
    host_id = connection.execute(select(hosts.c.id).where(hosts.c.name == name)).scalar()
    kept = union_all(
        *(
            select(
                table.c.time.label("timestamp"),
                literal(name).label("hostname"),
                *_usage_columns(table.c),
                samples.label("samples"),
            ).where(table.c.host_id == host_id, *within(table.c.time, start, end))
            for table, samples in MINUTES_AND_HOURS
        )
    ).subquery()
    query = select(kept).order_by(kept.c.timestamp)
    page = fetch_page(connection, query, window)
    if not page.rows:
        return page
    first, last = page.rows[0]["timestamp"], page.rows[-1]["timestamp"]
    mounts = _parts(connection, _mounts_queries(host_id, first, last))
    gpus = _parts(connection, _gpus_queries(host_id, first, last))
    rows = [
        {**row, "mounts": mounts.get(row["timestamp"], []), "gpus": gpus.get(row["timestamp"], [])}
        for row in page.rows
    ]
    return Page(rows, page.total)


def hosts_by_hardware(connection: Connection, window: Window) -> Page:
    """Hosts grouped by their number of CPUs, those with more memory first; `alike` counts those of the very
    same hardware."""
    now = _current_hardware().subquery()
    alike = func.count().over(
        partition_by=[now.c.cpu_number, now.c.cpu_architecture, now.c.cpu_model, now.c.total_memory_bytes]
    )
    query = (
        select(
            hosts.c.id.label("host_id"),
            hosts.c.name.label("hostname"),
            *_hardware_columns(now.c),
            now.c.since,
            alike.label("alike"),
        )
        .join(now, now.c.host_id == hosts.c.id)
        .order_by(now.c.cpu_number, now.c.total_memory_bytes.desc(), hosts.c.id)
    )
    return fetch_page(connection, query, window)


def hardware_history(connection: Connection, window: Window) -> Page:
    """All hardware that hosts had, in its order; `until` is null for what stands."""
    spans = hardware_spans().subquery()
    query = (
        select(
            hosts.c.id.label("host_id"),
            hosts.c.name.label("hostname"),
            *_hardware_columns(spans.c),
            spans.c.since,
            spans.c.until,
        )
        .join(spans, spans.c.host_id == hosts.c.id)
        .order_by(hosts.c.name, spans.c.since)
    )
    return fetch_page(connection, query, window)


def bucket_of(time: ColumnElement[int]) -> ColumnElement[int]:
    # A literal, since PostgreSQL takes two parameters of equal value for two expressions when it groups.
    return time - time % literal(BUCKET_SECONDS, literal_execute=True)


def within(time: ColumnElement[int], start: int | None, end: int | None) -> tuple[ColumnElement[bool], ...]:
    return (
        true() if start is None else time >= start,
        true() if end is None else time < end,
    )


def _current_hardware() -> Select[Any]:
    newer = host_hardware.alias("newer")
    newest = select(func.max(newer.c.since)).where(newer.c.host_id == host_hardware.c.host_id)
    return select(host_hardware).where(host_hardware.c.since == newest.scalar_subquery())


def hardware_spans() -> Select[Any]:
    """Each host's hardware with when it became another's."""
    of_host: dict[str, Any] = {
        "partition_by": host_hardware.c.host_id,
        "order_by": host_hardware.c.since,
    }
    return select(
        host_hardware,
        func.lead(host_hardware.c.since).over(**of_host).label("until"),
        case((func.row_number().over(**of_host) == 1, true()), else_=~true()).label("is_first"),
    )


def _hardware_columns(columns: Any) -> list[ColumnElement[Any]]:
    """In the units of host_info.csv: KiB."""
    return [
        *(columns[name] for name in _HARDWARE),
        (columns.l2_cache_bytes // _KIB).label("l2_cache"),
        (columns.total_memory_bytes // _KIB).label("total_mem"),
    ]


def _usage_columns(usage: Any) -> list[ColumnElement[Any]]:
    """In the units of host_usage.csv: MiB and percent."""
    return [
        usage.memory_free_mib.label("memory_free"),
        (cast(usage.cpu_idle_tenths, Float) / 10).label("cpu_idle"),
        (cast(usage.cpu_kernel_tenths, Float) / 10).label("cpu_kernel"),
        usage.disk_io,
        usage.disk_available_mib.label("disk_available"),
        (cast(usage.load_hundredths, Float) / 100).label("load"),
        usage.network_received_kib.label("network_received"),
        usage.network_sent_kib.label("network_sent"),
    ]


def _mounts_queries(host_id: int | None, first: int, last: int) -> list[Select[Any]]:
    return [
        select(
            spaces.c.time, host_mounts.c.name.label("mount"), spaces.c.available_mib.label("disk_available")
        )
        .join(host_mounts, host_mounts.c.id == spaces.c.mount_id)
        .where(spaces.c.host_id == host_id, *within(spaces.c.time, first, last + 1))
        .order_by(spaces.c.time, host_mounts.c.name)
        for spaces in (host_mount_usage, host_mount_hours)
    ]


def _gpus_queries(host_id: int | None, first: int, last: int) -> list[Select[Any]]:
    return [
        select(
            usage.c.time,
            usage.c.number,
            host_gpus.c.name,
            (cast(usage.c.busy_tenths, Float) / 10).label("busy"),
            usage.c.memory_used_mib.label("memory_used"),
            (host_gpus.c.memory_total_bytes // _MIB).label("memory_total"),
        )
        .join(host_gpus, and_(host_gpus.c.host_id == usage.c.host_id, host_gpus.c.number == usage.c.number))
        .where(usage.c.host_id == host_id, *within(usage.c.time, first, last + 1))
        .order_by(usage.c.time, usage.c.number)
        for usage in (host_gpu_usage, host_gpu_hours)
    ]


def _parts(connection: Connection, queries: Iterable[Select[Any]]) -> dict[int, list[dict[str, Any]]]:
    """By time; the time itself left out."""
    found: dict[int, list[dict[str, Any]]] = {}
    for query in queries:
        for row in connection.execute(query).mappings():
            found.setdefault(row["time"], []).append({key: row[key] for key in row if key != "time"})
    return found
