"""Hosts with defaults, and the shared tables of hosts in a store."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.parsers import host_csv
from collectors.parsers.host_csv import Tables
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.saved import Saved
from usermon.host_records import GpuUsage, HostInfo, HostUsage, MountSpace

NOON = 1_772_452_800  # 2026-03-02 12:00 UTC
GIB = 1024**3
MIB = 1024**2
A_YEAR_LATER = 1_700_000_000.0  # after all that the shared tables hold


def host_info(
    hostname: str = "calc-01",
    time: int = NOON,
    cpu_number: int = 8,
    cpu_model: str = "Model A",
    cpu_mhz: float | None = 2100.0,
    l2_cache_bytes: int | None = MIB,
    total_memory_bytes: int = 32 * GIB,
) -> HostInfo:
    return HostInfo(
        hostname, time, cpu_number, "x86_64", cpu_model, cpu_mhz, l2_cache_bytes, total_memory_bytes
    )


def host_usage(
    hostname: str = "calc-01",
    time: int = NOON,
    memory_free_bytes: int = 8 * GIB,
    disk_available_bytes: int | None = 100 * GIB,
    load: float | None = None,
    mounts: tuple[MountSpace, ...] = (),
    gpus: tuple[GpuUsage, ...] = (),
    disk_size_bytes: int | None = None,
) -> HostUsage:
    return HostUsage(
        *(hostname, time, memory_free_bytes, 90.5, 2, 7, disk_available_bytes, load),
        mounts=mounts,
        gpus=gpus,
        disk_size_bytes=disk_size_bytes,
    )


def minutes(
    count: int, hostname: str = "calc-01", start: int = NOON, leave_out: tuple[int, ...] = ()
) -> list[HostUsage]:
    """A sample a minute; `leave_out` are minutes without one."""
    return [host_usage(hostname, start + 60 * n) for n in range(count) if n not in leave_out]


def save(store: Store, records: Sequence[HostInfo | HostUsage]) -> Saved:
    with store.writing() as connection:
        return save_hosts(connection, "hosts", records)


def shared_records(folder: Path) -> list[HostInfo | HostUsage]:
    tables = Tables()
    parsed = [
        host_csv.parse(
            (folder / name).read_text(encoding="utf-8"),
            timezone=ZoneInfo("UTC"),
            now=A_YEAR_LATER,
            hosts=tables.hosts,
            tables=Tables(tables.hosts),
        )
        for name in ("host_info.csv", "host_usage.csv")
    ]
    assert not any(one.rejected for one in parsed)
    return [line.record for one in parsed for line in one.records]
