"""One host through time, as a plot needs it: thinned to a mean for each step, with the gaps told apart.

Amounts are bytes, shares percent, times epoch seconds. Old hours are part of it as they are of histories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Float, Select, Table, cast, func, literal, select, union_all

from usage_store.hosts import Span
from usage_store.hosts_now import Hardware
from usage_store.schema_hosts import (
    host_gpu_usage,
    host_gpus,
    host_hardware,
    host_mount_usage,
    host_mounts,
    host_usage,
    hosts,
)
from usage_store.schema_rollups import host_gpu_hours, host_hours, host_mount_hours

_MIB = 1024**2
_KIB = 1024
_HOUR = 3600
# What a line is made from, and what one unit of the column is.
_LINES: dict[str, tuple[str, float]] = {
    "memory_free": ("memory_free_mib", _MIB),
    "cpu_idle": ("cpu_idle_tenths", 0.1),
    "cpu_kernel": ("cpu_kernel_tenths", 0.1),
    "load": ("load_hundredths", 0.01),
    "disk_io": ("disk_io", 1),
    "disk_available": ("disk_available_mib", _MIB),
    "network_received": ("network_received_kib", _KIB),
    "network_sent": ("network_sent_kib", _KIB),
}
# Of a step of many samples also the worst: a mean hides that a machine ran full.
_WORST = {"memory_free_least": "memory_free", "cpu_idle_least": "cpu_idle", "load_most": "load"}

Values = list[float | None]
_Key = tuple[str, int]  # minutes or hours, and where the step begins


class Gap(NamedTuple):
    """`last` is the sample before it (of an old hour: its end), `next` the one after; None: none came."""

    last: int
    next: int | None


class Standing(NamedTuple):
    """Hardware from `since` on."""

    since: int
    hardware: Hardware


@dataclass(slots=True)
class HostLines:
    """Every line has a value for each of `times`; None where nothing is known. GPUs are busy percent and
    bytes by their number."""

    times: list[int] = field(default_factory=list)
    lines: dict[str, Values] = field(default_factory=dict)
    mounts: dict[str, Values] = field(default_factory=dict)
    gpu_names: dict[int, str] = field(default_factory=dict)
    gpu_busy: dict[int, Values] = field(default_factory=dict)
    gpu_memory: dict[int, Values] = field(default_factory=dict)


def id_and_newest(connection: Connection, name: str) -> tuple[int, int | None] | None:
    """The number of the host of that name, and when it gave its newest sample; None: there is none."""
    row = connection.execute(select(hosts.c.id, hosts.c.newest_time).where(hosts.c.name == name)).first()
    return None if row is None else (row.id, row.newest_time)


def hardware_of(connection: Connection, host_id: int) -> list[Standing]:
    """All that it was, ascending in time."""
    query = (
        select(host_hardware.c.since, *(host_hardware.c[name] for name in Hardware._fields))
        .where(host_hardware.c.host_id == host_id)
        .order_by(host_hardware.c.since)
    )
    return [Standing(since, Hardware(*rest)) for since, *rest in connection.execute(query)]


def samples_within(connection: Connection, host_id: int, span: Span) -> int:
    """How many minutes and hours there are."""
    return sum(
        connection.execute(
            select(func.count()).select_from(table).where(*_within(table, host_id, span))
        ).scalar_one()
        for table in (host_usage, host_hours)
    )


def host_lines(connection: Connection, host_id: int, span: Span, step: int) -> HostLines:
    """Means of `step` seconds each, ascending in time; the samples themselves when `step` is 1."""
    found = HostLines()
    places: dict[_Key, int] = {}
    rows = []
    for kind, table in (("hours", host_hours), ("minutes", host_usage)):
        for row in connection.execute(_means(table, host_id, span, step)):
            places[kind, row[0]] = len(places)
            rows.append(row)
    found.times = [round(row[1]) for row in rows]
    units = [*(unit for _, unit in _LINES.values()), *(_LINES[of][1] for of in _WORST.values())]
    for place, (name, unit) in enumerate(zip([*_LINES, *_WORST], units, strict=True), start=2):
        found.lines[name] = [None if row[place] is None else float(row[place]) * unit for row in rows]
    _add_mounts(connection, found, places, host_id, span, step)
    _add_gpus(connection, found, places, host_id, span, step)
    return found


def host_gaps(connection: Connection, host_id: int, span: Span, longer_than: int) -> list[Gap]:
    """Stretches of more than `longer_than` seconds without a sample, ascending; one that began before the
    span is told whole, and so is one that lasts to its end."""
    covered = union_all(
        select(host_usage.c.time.label("start"), host_usage.c.time.label("end")).where(
            *_within(host_usage, host_id, span)
        ),
        select(host_hours.c.time.label("start"), (host_hours.c.time + _HOUR).label("end")).where(
            *_within(host_hours, host_id, span)
        ),
        *_before(host_id, span.start),
    ).subquery()
    following = func.lead(covered.c.start).over(order_by=covered.c.start).label("following")
    steps = select(covered.c.end, following).subquery()
    query = (
        select(steps.c.end, steps.c.following)
        .where(func.coalesce(steps.c.following, span.end) - steps.c.end > longer_than)
        .order_by(steps.c.end)
    )
    return [Gap(*row) for row in connection.execute(query)]


def _before(host_id: int, start: int) -> Iterator[Select[Any]]:
    """The last of all before the span: the gap may have begun there."""
    last = (
        select(host_usage.c.time, host_usage.c.time)
        .where(host_usage.c.host_id == host_id, host_usage.c.time < start)
        .order_by(host_usage.c.time.desc())
        .limit(1)
        .subquery()
    )
    yield select(last)
    hour = (
        select(host_hours.c.time, (host_hours.c.time + _HOUR).label("end"))
        .where(host_hours.c.host_id == host_id, host_hours.c.time < start)
        .order_by(host_hours.c.time.desc())
        .limit(1)
        .subquery()
    )
    yield select(hour)


def _means(table: Table, host_id: int, span: Span, step: int) -> Select[Any]:
    columns = [table.c[column] for column, _ in _LINES.values()]
    worst = [
        (func.max if name.endswith("_most") else func.min)(table.c[_LINES[of][0]])
        for name, of in _WORST.items()
    ]
    where = _within(table, host_id, span)
    if step == 1:
        plain = [table.c[_LINES[of][0]] for of in _WORST.values()]
        return select(table.c.time, table.c.time, *columns, *plain).where(*where).order_by(table.c.time)
    bucket = _bucket(table.c.time, step)
    return (
        select(bucket, _mean(table.c.time), *(_mean(column) for column in columns), *worst)
        .where(*where)
        .group_by(bucket)
        .order_by(bucket)
    )


def _add_mounts(
    connection: Connection,
    found: HostLines,
    places: dict[_Key, int],
    host_id: int,
    span: Span,
    step: int,
) -> None:
    for kind, table in (("hours", host_mount_hours), ("minutes", host_mount_usage)):
        bucket = _bucket(table.c.time, step)
        query = (
            select(host_mounts.c.name, bucket, _mean(table.c.available_mib))
            .join(host_mounts, host_mounts.c.id == table.c.mount_id)
            .where(*_within(table, host_id, span))
            .group_by(host_mounts.c.name, bucket)
            .order_by(host_mounts.c.name)
        )
        for name, start, mib in connection.execute(query):
            _put(found.mounts, name, places.get((kind, start)), len(places), _times(mib, _MIB))


def _add_gpus(
    connection: Connection,
    found: HostLines,
    places: dict[_Key, int],
    host_id: int,
    span: Span,
    step: int,
) -> None:
    names = select(host_gpus.c.number, host_gpus.c.name).where(host_gpus.c.host_id == host_id)
    found.gpu_names = {row.number: row.name for row in connection.execute(names.order_by(host_gpus.c.number))}
    for kind, table in (("hours", host_gpu_hours), ("minutes", host_gpu_usage)):
        bucket = _bucket(table.c.time, step)
        query = (
            select(table.c.number, bucket, _mean(table.c.busy_tenths), _mean(table.c.memory_used_mib))
            .where(*_within(table, host_id, span))
            .group_by(table.c.number, bucket)
            .order_by(table.c.number)
        )
        for number, start, busy, used in connection.execute(query):
            place = places.get((kind, start))
            _put(found.gpu_busy, number, place, len(places), _times(busy, 0.1))
            _put(found.gpu_memory, number, place, len(places), _times(used, _MIB))


def _put(lines: dict[Any, Values], name: Any, place: int | None, count: int, value: float | None) -> None:
    if place is not None:
        lines.setdefault(name, [None] * count)[place] = value


def _times(amount: float | None, unit: float) -> float | None:
    return None if amount is None else float(amount) * unit


def _within(table: Table, host_id: int, span: Span) -> Sequence[ColumnElement[bool]]:
    return table.c.host_id == host_id, table.c.time >= span.start, table.c.time < span.end


def _bucket(time: ColumnElement[int], step: int) -> ColumnElement[int]:
    # A literal, since PostgreSQL takes two parameters of equal value for two expressions when it groups.
    return time - time % literal(step, literal_execute=True)


def _mean(column: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(func.avg(column), Float)
