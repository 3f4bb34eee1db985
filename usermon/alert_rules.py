"""What a facility wants to be told of: one class for each kind of rule.

Read from [[alert]] in usermon.toml by alert_settings.py; DEFAULT_RULES where it names none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar

from usermon.secret import Secret

MINUTE_SECONDS = 60
DAY_SECONDS = 86_400
# Longer than a machine takes to start anew.
HOST_SILENT_AFTER_SECONDS = 15 * MINUTE_SECONDS


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a program is told, too: an address, or a file that holds it. `label` names it without what is
    secret in it."""

    label: str
    address: Secret | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`only` and `but` are patterns of the names (users, hosts, ...) that it is about; no `only`: all.

    A trouble must stand for `for_seconds` before anybody is told, and be gone for `settle_seconds` before it
    counts as ended. `severity` is None where it depends on what is found. `to` is None for the recipients of
    all rules.
    """

    kind: ClassVar[str]
    name: str
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    for_seconds: int = 0
    settle_seconds: int = 2 * MINUTE_SECONDS
    severity: str | None = None
    to: tuple[str, ...] | None = None
    webhook: Webhook | None = None
    breaks_quiet_hours: bool = False

    def covers(self, name: str) -> bool:
        return (not self.only or _is_like(name, self.only)) and not _is_like(name, self.but)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfVolumes(Rule):
    """A rule about what users hold; no `volumes`: all."""

    volumes: tuple[str, ...] = ()

    def covers_volume(self, volume: str) -> bool:
        return not self.volumes or _is_like(volume, self.volumes)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRule(OfVolumes):
    """Over the soft limit, or from so many percent of the hard limit on (of the soft one where there is no
    hard one)."""

    kind: ClassVar[str] = "quota"
    over_soft: bool = True
    over_percent: float | None = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRule(OfVolumes):
    """More bytes than so long before, where that is known. A week is answered soon; other spans take a walk
    through samples."""

    kind: ClassVar[str] = "growth"
    over_bytes: int
    within_seconds: int = 7 * DAY_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRule(OfVolumes):
    """Above the reference values of the dashboards, or others."""

    kind: ClassVar[str] = "reference"
    bytes: int | None
    files: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRule(Rule):
    """All users together hold so many percent of a volume, or will fill it within so long at the present
    growth. Of volumes whose capacity (bytes) the facility tells; names are those of volumes."""

    kind: ClassVar[str] = "volume"
    over_percent: float | None = 90
    full_within_seconds: int | None = 30 * DAY_SECONDS
    capacities: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRule(Rule):
    """What usage_store.backup_status calls an alarm or worth a warning. Names are those of hubs.
    Moments are told in `timezone`."""

    kind: ClassVar[str] = "backup"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule(Rule):
    """No sample for `after_seconds`, or three of the host's own intervals where that is longer. After
    `until_seconds` a host counts as taken away."""

    kind: ClassVar[str] = "host_silent"
    after_seconds: int = HOST_SILENT_AFTER_SECONDS
    until_seconds: int = 30 * DAY_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRule(Rule):
    """No snapshot for `after_seconds`, or three rhythms of its source where that is longer."""

    kind: ClassVar[str] = "cluster_unreachable"
    after_seconds: int = 10 * MINUTE_SECONDS
    rhythms: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardRule(Rule):
    kind: ClassVar[str] = "dashboard_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRule(Rule):
    """A source that fails, rejects lines, or is silent for `rhythms_missed` of its rhythms.

    `rhythms` are seconds by source, as this machine's usermon.toml says; None where that is not known. Of
    agents' sources the rhythm is what it was. A cluster without news and a silent host are not told once more
    as sources, where other rules tell of them.
    """

    kind: ClassVar[str] = "source"
    rhythms_missed: int = 4
    rhythms: Mapping[str, int] | None = field(default=None, hash=False)
    leaves_hosts: bool = True
    leaves_clusters: bool = True


KINDS: Mapping[str, type[Rule]] = {
    kind.kind: kind
    for kind in (
        *(QuotaRule, GrowthRule, ReferenceRule, VolumeRule, BackupRule),
        *(HostRule, ClusterRule, DashboardRule, SourceRule),
    )
}
# Agents deliver once a minute: after a pause of the hub, nobody is told of what the next minutes mend.
USUAL_FOR_SECONDS = {
    HostRule.kind: 2 * MINUTE_SECONDS,
    ClusterRule.kind: 2 * MINUTE_SECONDS,
    SourceRule.kind: 5 * MINUTE_SECONDS,
}


def default_rules(
    rhythms: Mapping[str, int] | None = None,
    capacities: Mapping[str, int] | None = None,
    timezone: str = "UTC",
) -> tuple[Rule, ...]:
    """What is wrong anywhere. How much growth is too much, and which amounts, a facility must say."""
    return (
        QuotaRule(name=QuotaRule.kind),
        VolumeRule(name=VolumeRule.kind, capacities=capacities or {}),
        BackupRule(name=BackupRule.kind, timezone=timezone),
        HostRule(name=HostRule.kind, for_seconds=USUAL_FOR_SECONDS[HostRule.kind]),
        ClusterRule(
            name=ClusterRule.kind, for_seconds=USUAL_FOR_SECONDS[ClusterRule.kind], rhythms=rhythms or {}
        ),
        DashboardRule(name=DashboardRule.kind),
        SourceRule(name=SourceRule.kind, for_seconds=USUAL_FOR_SECONDS[SourceRule.kind], rhythms=rhythms),
    )


DEFAULT_RULES = default_rules()


def _is_like(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
