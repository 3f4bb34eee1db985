"""All that is wrong now: each rule asked, the worst first."""

import logging
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
from alerts.trouble import RULE, SERIOUS, Trouble
from alerts.volumes import volume_troubles
from usage_store.engine import QuestionFailed, StoreConnection, asked_apart
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
    VolumeRule,
)

# Each with the connection, its rule and the moment; a rule's class decides which one is asked.
_Ask: TypeAlias = Callable[[StoreConnection, Any, int], Iterator[Trouble]]
_ASK: Mapping[type[Rule], _Ask] = {
    QuotaRule: quota_troubles,
    GrowthRule: growth_troubles,
    ReferenceRule: reference_troubles,
    VolumeRule: volume_troubles,
    BackupRule: backup_troubles,
    HostRule: host_troubles,
    ClusterRule: cluster_troubles,
    DashboardRule: dashboard_troubles,
    SourceRule: source_troubles,
}
# Within a severity: what many people wait for comes first.
_ORDER = (RULE, "cluster", "source", "volume", "host", "backup", "dashboard", "quota", "growth", "reference")
_log = logging.getLogger(__name__)
# What was logged: pages and the keeper ask again and again.
_complained: set[str] = set()


def troubles(connection: StoreConnection, rules: Sequence[Rule], now: float) -> list[Trouble]:
    """What is wrong at `now` (epoch seconds), serious things first. Only reads; of the large facility below
    200 ms. A rule that cannot be asked is one of the troubles, and takes no other with it."""
    return in_order([trouble for rule in rules for trouble in troubles_of(connection, rule, now)])


def troubles_of(connection: StoreConnection, rule: Rule, now: float) -> list[Trouble]:
    try:
        with asked_apart(connection):
            return list(_ASK[type(rule)](connection, rule, int(now)))
    except QuestionFailed as fault:
        return [_cannot_be_asked(rule, fault)]


def _cannot_be_asked(rule: Rule, fault: QuestionFailed) -> Trouble:
    found = Trouble(
        kind=RULE,
        area="/alerts",
        subject=rule.name,
        severity=SERIOUS,
        since=None,
        words=f"The alert rule {rule.name} cannot be asked: {fault}",
        remedy="Look at its values in usermon.toml; if they are right, this is a fault of Usermon: please"
        " report it with the log of the overview.",
        link="/alerts",
        rule=rule.name,
    )
    if found.words not in _complained:
        _complained.add(found.words)
        _log.error("%s. %s", found.words, found.remedy, exc_info=fault)
    return found


def in_order(found: Sequence[Trouble]) -> list[Trouble]:
    return sorted(
        found,
        key=lambda one: (one.severity != SERIOUS, _ORDER.index(one.kind), one.subject, one.part, one.rule),
    )
