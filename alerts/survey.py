"""All that is wrong now: each rule asked, the worst first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from alerts.backups import backup_troubles
from alerts.clusters import cluster_troubles
from alerts.dashboards import dashboard_troubles
from alerts.growth import growth_troubles
from alerts.hosts import host_troubles
from alerts.quotas import quota_troubles
from alerts.reference import reference_troubles
from alerts.sources import source_troubles
from alerts.trouble import SERIOUS, Trouble
from usage_store.engine import StoreConnection
from usermon.alert_rules import (
    BackupRule,
    ClusterRule,
    DashboardRule,
    GrowthRule,
    HostRule,
    QuotaRule,
    ReferenceRule,
    Rule,
    SourceRule,
)

# Each with the connection, its rule and the moment; a rule's class decides which one is asked.
_Ask: TypeAlias = Callable[[StoreConnection, Any, int], Iterator[Trouble]]
_ASK: Mapping[type[Rule], _Ask] = {
    QuotaRule: quota_troubles,
    GrowthRule: growth_troubles,
    ReferenceRule: reference_troubles,
    BackupRule: backup_troubles,
    HostRule: host_troubles,
    ClusterRule: cluster_troubles,
    DashboardRule: dashboard_troubles,
    SourceRule: source_troubles,
}
# Within a severity: what many people wait for comes first.
_ORDER = ("cluster", "source", "host", "backup", "dashboard", "quota", "growth", "reference")


def troubles(connection: StoreConnection, rules: Sequence[Rule], now: float) -> list[Trouble]:
    """What is wrong at `now` (epoch seconds), serious things first. Only reads; of the large facility below
    200 ms."""
    return in_order([trouble for rule in rules for trouble in troubles_of(connection, rule, now)])


def troubles_of(connection: StoreConnection, rule: Rule, now: float) -> list[Trouble]:
    return list(_ASK[type(rule)](connection, rule, int(now)))


def in_order(found: Sequence[Trouble]) -> list[Trouble]:
    return sorted(
        found,
        key=lambda one: (one.severity != SERIOUS, _ORDER.index(one.kind), one.subject, one.part, one.rule),
    )
