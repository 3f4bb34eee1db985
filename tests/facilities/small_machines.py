"""Hosts and backups of the small facility.

Hosts: nine of two kinds; one has gaps, one went silent, one has little memory left, one a disk that is full.
Backups: `vault` is well on `north`; on `south` an item is too old and one shrank; `east` was not listed
lately; `attic` holds nothing.
"""

from math import sin
from random import Random

from usermon.backup_records import BackupListing, Tarball
from usermon.host_records import GpuUsage, HostInfo, HostUsage, MountSpace
from usermon.units import GIB

HOURS = 6
MINUTES = HOURS * 60
SILENT_HOURS = 2
_MIB = 1 << 20
_DAY = 86_400
HOSTS = (*(f"calc-{n:02}" for n in range(1, 7)), "gpu-01", "gpu-02", "login-1")
WITH_GAPS, SILENT, SHORT_OF_MEMORY, FULL_DISK = "calc-02", "calc-03", "calc-04", "calc-05"


def host_records(now: int) -> list[HostInfo | HostUsage]:
    chance = Random(19)
    newest = now // 60 * 60
    records: list[HostInfo | HostUsage] = []
    for number, host in enumerate(HOSTS):
        has_gpus = host.startswith("gpu")
        total = (512 if has_gpus else 128) * GIB
        model = "EPYC-like 64-Core" if has_gpus else "Xeon-like 16-Core"
        since = newest - 90 * _DAY
        records.append(HostInfo(host, since, 64 if has_gpus else 16, "x86_64", model, 2400.0, _MIB, total))
        if host == "calc-01":  # was given more memory a month ago
            records.append(HostInfo(host, newest - 30 * _DAY, 16, "x86_64", model, 2400.0, _MIB, 2 * total))
        for minute in range(MINUTES, -1, -1):
            if host == WITH_GAPS and (40 <= minute < 75 or 200 <= minute < 212):
                continue
            if host == SILENT and minute < SILENT_HOURS * 60:
                continue
            records.append(_sample(host, number, newest - 60 * minute, minute, total, chance))
    return records


def _sample(host: str, number: int, time: int, minute: int, total: int, chance: Random) -> HostUsage:
    busy = 0.5 + 0.4 * sin(minute / 40 + number)
    free = 0.02 if host == SHORT_OF_MEMORY else 0.9 - 0.7 * busy
    disk = (1 if host == FULL_DISK else 900) * GIB
    # The login host's agent is an older one, which does not tell it.
    size = None if host.startswith("login") else 1_800 * GIB
    gpus: tuple[GpuUsage, ...] = ()
    mounts: tuple[MountSpace, ...] = ()
    if host.startswith("gpu"):
        gpus = tuple(
            GpuUsage(n, "Accelerator 80G", round(90 * busy, 1), round(60 * GIB * busy), 80 * GIB)
            for n in range(2)
        )
        mounts = (MountSpace("/", disk, size), MountSpace("/scratch", 3_000 * GIB, 20_000 * GIB))
    return HostUsage(
        host,
        time,
        round(total * free),
        round(100 * (1 - busy) * 0.9, 1),
        round(3 * busy, 1),
        chance.randrange(800),
        disk,
        round(16 * busy, 2),
        chance.randrange(1 << 26),
        chance.randrange(1 << 24),
        mounts,
        gpus,
        size,
    )


def backup_listings(now: int) -> list[BackupListing]:
    a_day_and_half = 36 * 3600
    return [
        BackupListing("vault", "north", now - 1500, a_day_and_half, _tarballs(now, "north")),
        BackupListing("vault", "south", now - 1500, a_day_and_half, _tarballs(now, "south")),
        BackupListing("vault", "east", now - 9 * 3600, a_day_and_half, _tarballs(now, "east")),
        BackupListing("attic", "north", now - 1500, a_day_and_half, ()),
    ]


def _tarballs(now: int, node: str) -> tuple[Tarball, ...]:
    items = {"svn/methods": 3_400, "wiki/lab": 260, "tracker/<b>scopes": 41, "folders/settings": 1}
    made = []
    for item, mib in items.items():
        for ago in range(45, -1, -1):
            if node == "south" and item == "tracker/<b>scopes" and ago < 4:
                continue
            size = mib + (45 - ago) * mib // 300
            if node == "south" and item == "wiki/lab" and ago == 0:
                size = 12
            time = (now // _DAY - ago) * _DAY + 3 * 3600
            if time > now:
                time = now - 3600
            made.append(Tarball(item, time, size * _MIB, f"/backup/vault/{item}/{time}/all.tar.gz"))
    return tuple(made)
