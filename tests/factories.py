"""Records with defaults: a test names what matters to it and nothing else.

The cast: alice has quotas on two volumes, bob is over his quota, charlie may see nothing of theirs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from usage_store.dashboards import DashboardState, LedgerEntry
from usermon.alert_rules import default_rules
from usermon.alert_settings import AlertSettings
from usermon.collection import CollectionRun
from usermon.published_storage import PublishedStorage, VolumeHistory
from usermon.records import StorageUsage
from usermon.site_file import SiteFile, Source
from usermon.units import GIB

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def usage(
    user: str = "alice",
    volume: str = "local",
    time: datetime = NOON,
    gb: float = 100,
    files: int = 1_000,
    soft_limit_bytes: int | None = None,
    hard_limit_bytes: int | None = None,
) -> StorageUsage:
    return StorageUsage(
        user, volume, time, round(gb * GIB), files, soft_limit_bytes, hard_limit_bytes, None, None
    )


def usages(
    user: str = "alice",
    volume: str = "local",
    start: datetime = NOON,
    count: int = 10,
    every: timedelta = timedelta(minutes=30),
    gb: float = 100,
) -> list[StorageUsage]:
    """A history that grows by one GB and ten files a sample."""
    return [usage(user, volume, start + n * every, gb + n, 1_000 + 10 * n) for n in range(count)]


def source(
    name: str = "local",
    path: Path = Path("/srv/quota/local"),
    collector: str = "storage_csv",
    every_seconds: int = 1800,
    timezone: str = "UTC",
) -> Source:
    return Source(name, collector, path, every_seconds, timezone)


def site(
    *sources: Source, timezone: str = "UTC", capacities: Mapping[str, int] = MappingProxyType({})
) -> SiteFile:
    """`capacities` of volumes in bytes."""
    return SiteFile(
        sources=sources,
        timezone=timezone,
        reference_gb=25_000,
        reference_files=1_500_000,
        alerts=AlertSettings(rules=default_rules(capacities=capacities)),
        capacities=capacities,
    )


def run(
    source: str = "local",
    started_at: float = 1_772_452_800.0,
    taken: int = 10,
    known: int = 0,
    rejected: int = 0,
    error: str | None = None,
    remedy: str | None = None,
) -> CollectionRun:
    return CollectionRun(
        source, "storage_csv", started_at, started_at + 1, taken, known, rejected, error, remedy
    )


def ledger_entry(
    user: str = "alice", port: int = 8100, listed: bool = True, lists: str = "local+cryo"
) -> LedgerEntry:
    return LedgerEntry(user, port, listed, lists, created_at=1_772_452_800.0)


def dashboard_state(
    user: str = "alice", state: str = "ready", url: str = "http://localhost:8100", error: str | None = None
) -> DashboardState:
    return DashboardState(
        user, state, url, "usermon-user-dashboard:1", None, "abc123", 1.0, 40 << 20, error, 2.0
    )


def published(
    user: str = "alice", timezone: str = "UTC", volumes: dict[str, VolumeHistory] | None = None
) -> PublishedStorage:
    if volumes is None:
        volumes = {
            "local": VolumeHistory(
                [1_772_450_000, 1_772_452_800], [100 * GIB, 120 * GIB], [1_000, 1_200], None, None
            )
        }
    return PublishedStorage(user, timezone, 1_772_452_900, 25_000, 1_500_000, volumes)
