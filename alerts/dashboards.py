"""Dashboards that do not come up."""

from collections.abc import Iterator

from alerts.trouble import SERIOUS, Trouble
from usage_store.engine import StoreConnection
from usage_store.watched_machines import failed_dashboards
from usermon.alert_rules import DashboardRule


def dashboard_troubles(connection: StoreConnection, rule: DashboardRule, _now: int) -> Iterator[Trouble]:
    for one in failed_dashboards(connection):
        if rule.covers(one.user):
            yield Trouble(
                kind="dashboard",
                area="/dashboards",
                subject=one.user,
                severity=rule.severity or SERIOUS,
                since=None,
                words=f"The dashboard of {one.user} failed{f': {one.error}' if one.error else ''}",
                remedy=f"Look why: `orchestrator logs {one.user}`; then `orchestrator restart {one.user}`.",
                link="/dashboards",
                rule=rule.name,
            )
