"""How all hosts do now: the hardware that stands and the newest sample of each, for pages that show them all.

Amounts are bytes, shares percent. Nothing walks through the samples: each host's newest are found by key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, select, true

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

_MIB = 1024**2
_KIB = 1024


class Hardware(NamedTuple):
    """What makes hosts alike."""

    cpu_number: int
    cpu_architecture: str
    cpu_model: str
    total_memory_bytes: int


class Sample(NamedTuple):
    """A host's newest; what it did not tell is None."""

    memory_free_bytes: int
    cpu_idle: float
    cpu_kernel: float
    load: float | None
    disk_io: int
    network_received: int | None
    network_sent: int | None


class Disk(NamedTuple):
    """`mount` is empty for the first mount of a host that watches one only; None: it did not answer. Of a
    size that is not known None, too."""

    mount: str
    available_bytes: int | None
    size_bytes: int | None = None


class Gpu(NamedTuple):
    number: int
    name: str
    busy: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None


@dataclass(frozen=True, slots=True)
class HostNow:
    """`interval` is how many seconds lie between its newest samples: None when there are not two."""

    name: str
    newest_time: int | None
    interval: int | None
    hardware: Hardware | None
    hardware_since: int | None
    sample: Sample | None
    disks: tuple[Disk, ...]
    gpus: tuple[Gpu, ...]


def hosts_now(connection: Connection, name: str | None = None) -> list[HostNow]:
    """All hosts by name, or the one of that name."""
    of_name = true() if name is None else hosts.c.name == name
    sizes = {(row[0], row[1]): row[2] * _MIB for row in connection.execute(_sizes().where(of_name))}
    disks: dict[int, list[Disk]] = {}
    for host_id, mount, mib in connection.execute(_disks().where(of_name)):
        disks.setdefault(host_id, []).append(Disk(mount, _bytes(mib, _MIB), sizes.get((host_id, mount))))
    gpus: dict[int, list[Gpu]] = {}
    for host_id, number, gpu, busy, used, total in connection.execute(_gpus().where(of_name)):
        gpus.setdefault(host_id, []).append(Gpu(number, gpu, _tenth(busy), _bytes(used, _MIB), total))
    return [
        _host_now(row, disks.get(row[0]), sizes.get((row[0], "")), gpus.get(row[0], []))
        for row in connection.execute(_rows().where(of_name))
    ]


def _rows() -> Select[Any]:
    newer = host_hardware.alias("newer")
    newest = select(newer.c.since).where(newer.c.host_id == hosts.c.id).order_by(newer.c.since.desc())
    return (
        select(
            hosts.c.id,
            hosts.c.name,
            hosts.c.newest_time,
            earlier_sample(0),
            earlier_sample(1),
            host_hardware.c.since,
            *(host_hardware.c[name] for name in Hardware._fields),
            host_usage.c.memory_free_mib,
            host_usage.c.cpu_idle_tenths,
            host_usage.c.cpu_kernel_tenths,
            host_usage.c.load_hundredths,
            host_usage.c.disk_io,
            host_usage.c.network_received_kib,
            host_usage.c.network_sent_kib,
            host_usage.c.disk_available_mib,
        )
        .select_from(hosts)
        .outerjoin(
            host_hardware,
            and_(
                host_hardware.c.host_id == hosts.c.id,
                host_hardware.c.since == newest.limit(1).scalar_subquery(),
            ),
        )
        .outerjoin(
            host_usage, and_(host_usage.c.host_id == hosts.c.id, host_usage.c.time == hosts.c.newest_time)
        )
        .order_by(hosts.c.name)
    )


def earlier_sample(number: int) -> Any:
    """When the host gave its last sample but one, two, ..."""
    before = host_usage.alias(f"before_{number}")
    return (
        select(before.c.time)
        .where(before.c.host_id == hosts.c.id, before.c.time < hosts.c.newest_time)
        .order_by(before.c.time.desc())
        .limit(1)
        .offset(number)
        .scalar_subquery()
    )


def _disks() -> Select[Any]:
    """Every mount with every host: few names, each looked up by its key."""
    return (
        select(hosts.c.id, host_mounts.c.name, host_mount_usage.c.available_mib)
        .select_from(hosts)
        .join(host_mounts, true())
        .join(
            host_mount_usage,
            and_(
                host_mount_usage.c.host_id == hosts.c.id,
                host_mount_usage.c.mount_id == host_mounts.c.id,
                host_mount_usage.c.time == hosts.c.newest_time,
            ),
        )
        .order_by(hosts.c.id, host_mounts.c.name)
    )


def _sizes() -> Select[Any]:
    return select(*host_disk_sizes.c).join(hosts, hosts.c.id == host_disk_sizes.c.host_id)


def _gpus() -> Select[Any]:
    return (
        select(
            hosts.c.id,
            host_gpus.c.number,
            host_gpus.c.name,
            host_gpu_usage.c.busy_tenths,
            host_gpu_usage.c.memory_used_mib,
            host_gpus.c.memory_total_bytes,
        )
        .select_from(hosts)
        .join(host_gpus, host_gpus.c.host_id == hosts.c.id)
        .join(
            host_gpu_usage,
            and_(
                host_gpu_usage.c.host_id == hosts.c.id,
                host_gpu_usage.c.number == host_gpus.c.number,
                host_gpu_usage.c.time == hosts.c.newest_time,
            ),
        )
        .order_by(hosts.c.id, host_gpus.c.number)
    )


def _host_now(
    row: Sequence[Any], disks: list[Disk] | None, size_bytes: int | None, gpus: list[Gpu]
) -> HostNow:
    _, name, newest, before, before_that, since, *rest = row
    hardware, (free, idle, kernel, load, disk_io, received, sent, disk) = rest[:4], rest[4:]
    sample = None
    if free is not None:
        sample = Sample(
            free * _MIB,
            idle / 10,
            kernel / 10,
            None if load is None else load / 100,
            disk_io,
            _bytes(received, _KIB),
            _bytes(sent, _KIB),
        )
        disks = [Disk("", _bytes(disk, _MIB), size_bytes)] if disks is None else disks
    return HostNow(
        name,
        newest,
        interval_of(newest, before, before_that),
        None if since is None else Hardware(*hardware),
        since,
        sample,
        tuple(disks or ()),
        tuple(gpus),
    )


def interval_of(newest: int | None, before: int | None, before_that: int | None) -> int | None:
    """The shorter of the last two, so that one gap does not pass for the rhythm."""
    times = [time for time in (newest, before, before_that) if time is not None]
    return min((later - earlier for later, earlier in pairwise(times)), default=None)


def _bytes(amount: int | None, unit: int) -> int | None:
    return None if amount is None else amount * unit


def _tenth(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10
