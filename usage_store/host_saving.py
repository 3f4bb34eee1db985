"""Saving what hosts are and how they do. Asking is in hosts.py."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, or_, select

from usage_store.bulk import upsert_rows
from usage_store.host_disk_sizes import save_disk_sizes
from usage_store.host_hours import rolled_up
from usage_store.names import ids_of
from usage_store.revisions import next_revision
from usage_store.saved import Saved
from usage_store.schema_hosts import (
    host_gpu_usage,
    host_gpus,
    host_hardware,
    host_mount_usage,
    host_mounts,
    host_usage,
    hosts,
)
from usermon.host_records import HostInfo, HostUsage

HostRecord = HostInfo | HostUsage
Ids = Mapping[str, int]
Rows = list[dict[str, Any]]

_MIB = 1024**2
_KIB = 1024
# A kernel's own share of the memory changes with its version, a clock with the governor. A part that is
# built in or out changes more than that.
_SAME_WITHIN = 0.002


class _Hardware(NamedTuple):
    cpu_number: int
    cpu_architecture: str
    cpu_model: str
    cpu_mhz: float | None
    l2_cache_bytes: int | None
    total_memory_bytes: int


def save_hosts(connection: Connection, _source: str, records: Sequence[HostRecord]) -> Saved:
    """Save hardware and samples; of two samples of a host for one moment the later given stands.

    Hardware makes a row only where it is not what stood before: of equal ones the earliest date stays.
    """
    if not records:
        return Saved(0, 0)
    ids = ids_of(connection, hosts, dict.fromkeys(record.hostname for record in records))
    infos = [record for record in records if isinstance(record, HostInfo)]
    usages = [record for record in records if isinstance(record, HostUsage)]
    taken = _save_hardware(connection, ids, infos) if infos else 0
    taken += _save_usages(connection, ids, usages) if usages else 0
    if taken:
        next_revision(connection, "hosts")
    return Saved(taken, len(records) - taken)


def _save_hardware(connection: Connection, ids: Ids, infos: Iterable[HostInfo]) -> int:
    """How many of `infos` said something new."""
    stood = _hardware_of(connection, sorted({ids[info.hostname] for info in infos}))
    taken = 0
    gone: set[tuple[int, int]] = set()
    come: dict[tuple[int, int], _Hardware] = {}
    for info in sorted(infos, key=lambda one: one.time):
        host_id = ids[info.hostname]
        history = stood.setdefault(host_id, {})
        hardware = _Hardware(
            info.cpu_number,
            info.cpu_architecture,
            info.cpu_model,
            info.cpu_mhz,
            info.l2_cache_bytes,
            info.total_memory_bytes,
        )
        before = max((since for since in history if since <= info.time), default=None)
        after = min((since for since in history if since > info.time), default=None)
        if before is not None and _is_same(history[before], hardware):
            continue
        if before == info.time:
            # Two say otherwise of one moment: the later given stands.
            gone.add((host_id, before))
        if after is not None and _is_same(history[after], hardware):
            # It was so already then: the same row with an earlier date.
            hardware = history.pop(after)
            come.pop((host_id, after), None)
            gone.add((host_id, after))
        history[info.time] = hardware
        come[host_id, info.time] = hardware
        taken += 1
    if gone:
        leave = host_hardware.delete().where(
            host_hardware.c.host_id == bindparam("of_host"), host_hardware.c.since == bindparam("at")
        )
        connection.execute(leave, [{"of_host": host_id, "at": since} for host_id, since in sorted(gone)])
    if come:
        rows = [{"host_id": key[0], "since": key[1], **hardware._asdict()} for key, hardware in come.items()]
        connection.execute(host_hardware.insert(), rows)
    return taken


def _hardware_of(connection: Connection, host_ids: list[int]) -> dict[int, dict[int, _Hardware]]:
    query = select(
        host_hardware.c.host_id, host_hardware.c.since, *(host_hardware.c[n] for n in _Hardware._fields)
    )
    found: dict[int, dict[int, _Hardware]] = {}
    for host_id, since, *values in connection.execute(query.where(host_hardware.c.host_id.in_(host_ids))):
        found.setdefault(host_id, {})[since] = _Hardware(*values)
    return found


def _is_same(one: _Hardware, other: _Hardware) -> bool:
    return one[:3] == other[:3] and all(_is_near(a, b) for a, b in zip(one[3:], other[3:], strict=True))


def _is_near(one: float | None, other: float | None) -> bool:
    # What a machine did not tell this time is no change.
    return one is None or other is None or abs(one - other) <= _SAME_WITHIN * max(one, other)


def _save_usages(connection: Connection, ids: Ids, usages: Iterable[HostUsage]) -> int:
    """How many of `usages` were new or changed."""
    newest = {(ids[usage.hostname], usage.time): usage for usage in usages}
    if old := rolled_up(connection, newest):
        newest = {key: usage for key, usage in newest.items() if key not in old}
    rows = [_usage_row(key, usage) for key, usage in newest.items()]
    taken = upsert_rows(connection, host_usage, rows)
    if any(usage.mounts or usage.gpus for usage in newest.values()):
        _save_parts(connection, newest)
    if taken:
        _note_times(connection, newest)
        save_disk_sizes(connection, newest)
    return taken


def _usage_row(key: tuple[int, int], usage: HostUsage) -> dict[str, Any]:
    return {
        "host_id": key[0],
        "time": key[1],
        "memory_free_mib": usage.memory_free_bytes // _MIB,
        "cpu_idle_tenths": round(usage.cpu_idle * 10),
        "cpu_kernel_tenths": round(usage.cpu_kernel * 10),
        "disk_io": usage.disk_io,
        "disk_available_mib": _whole(usage.disk_available_bytes, _MIB),
        "load_hundredths": None if usage.load is None else round(usage.load * 100),
        "network_received_kib": _whole(usage.network_received, _KIB),
        "network_sent_kib": _whole(usage.network_sent, _KIB),
    }


def _whole(amount: int | None, unit: int) -> int | None:
    return None if amount is None else amount // unit


def _save_parts(connection: Connection, usages: Mapping[tuple[int, int], HostUsage]) -> None:
    """Mounts and GPUs of each sample. A sample that changed nothing else counts as known."""
    mounts = ids_of(
        connection,
        host_mounts,
        dict.fromkeys(space.mount for usage in usages.values() for space in usage.mounts),
    )
    spaces = [
        {"host_id": host_id, "mount_id": mount_id, "time": time, "available_mib": available}
        for (host_id, time), usage in usages.items()
        for mount_id, available in _spaces(usage, mounts).items()
    ]
    upsert_rows(connection, host_mount_usage, spaces)
    gpus: dict[tuple[int, int], dict[str, Any]] = {}
    busy: dict[tuple[int, int, int], dict[str, Any]] = {}
    for (host_id, time), usage in sorted(usages.items()):
        for gpu in usage.gpus:
            gpus[host_id, gpu.number] = {
                "host_id": host_id,
                "number": gpu.number,
                "name": gpu.name,
                "memory_total_bytes": gpu.memory_total_bytes,
            }
            busy[host_id, gpu.number, time] = {
                "host_id": host_id,
                "number": gpu.number,
                "time": time,
                "memory_used_mib": _whole(gpu.memory_used_bytes, _MIB),
                "busy_tenths": None if gpu.busy is None else round(gpu.busy * 10),
            }
    upsert_rows(connection, host_gpus, list(gpus.values()))
    upsert_rows(connection, host_gpu_usage, list(busy.values()))


def _spaces(usage: HostUsage, mounts: Ids) -> dict[int, int | None]:
    return {mounts[space.mount]: _whole(space.available_bytes, _MIB) for space in usage.mounts}


def _note_times(connection: Connection, keys: Iterable[tuple[int, int]]) -> None:
    first: dict[int, int] = {}
    newest: dict[int, int] = {}
    for host_id, time in keys:
        first[host_id] = min(time, first.get(host_id, time))
        newest[host_id] = max(time, newest.get(host_id, time))
    connection.execute(
        _NOTE_TIMES,
        [{"of_host": host_id, "earliest": first[host_id], "latest": newest[host_id]} for host_id in newest],
    )


_IS_EARLIER = or_(hosts.c.first_time.is_(None), hosts.c.first_time > bindparam("earliest"))
_IS_LATER = or_(hosts.c.newest_time.is_(None), hosts.c.newest_time < bindparam("latest"))
_NOTE_TIMES = (
    hosts.update()
    .where(hosts.c.id == bindparam("of_host"), or_(_IS_EARLIER, _IS_LATER))
    .values(
        first_time=case((_IS_EARLIER, bindparam("earliest")), else_=hosts.c.first_time),
        newest_time=case((_IS_LATER, bindparam("latest")), else_=hosts.c.newest_time),
    )
)
