"""Tarballs with defaults, and the shared listings."""

from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.parsers import tarballs
from tests.shared_data import expected_of
from usermon.backup_records import BackupListing, Tarball

NOON = 1_772_452_800  # 2026-03-02 12:00 UTC
DAY = 86_400
MIB = 1024**2


def tarball(item: str = "svn/aurora", time: int = NOON, size_mib: int = 100, name: str = "x") -> Tarball:
    return Tarball(item, time, size_mib * MIB, f"/backup/alder/{item}/{time}/{name}.tar.gz")


def nightly(
    item: str = "svn/aurora", count: int = 10, last: int = NOON, size_mib: int = 100
) -> list[Tarball]:
    """One a day, the last at `last`."""
    return [tarball(item, last - n * DAY, size_mib) for n in reversed(range(count))]


def listing(
    tarballs: list[Tarball] | None = None,
    hub: str = "alder",
    node: str = "n1",
    time: int = NOON + 3600,
    max_age_seconds: int | None = None,
) -> BackupListing:
    tarballs = nightly() if tarballs is None else tarballs
    return BackupListing(hub, node, time, max_age_seconds, tuple(tarballs))


def shared_listings(folder: Path, time: int) -> list[BackupListing]:
    """All nodes of all hubs, as they were at `time`."""
    return [
        BackupListing(hub, node, time, None, shared_tarballs(folder / file))
        for hub, about in expected_of(folder)["hubs"].items()
        for node, file in about["file"].items()
    ]


def shared_tarballs(file: Path) -> tuple[Tarball, ...]:
    parsed = tarballs.parse(file.read_bytes().decode(), timezone=ZoneInfo("UTC"))
    return tarballs.tarballs(parsed.records)
