"""Clusters of which no snapshot comes any more."""

from collections.abc import Iterator

from alerts.trouble import SERIOUS, Trouble
from alerts.words import path_of, period
from usage_store.cluster_overview import rhythm_of
from usage_store.engine import StoreConnection
from usage_store.queues import Cluster, all_clusters
from usage_store.watched_machines import runs_by_source
from usermon.alert_rules import ClusterRule

_RHYTHMS_MISSED = 3


def late_after(connection: StoreConnection, rule: ClusterRule, cluster: Cluster) -> int:
    """The age in seconds from which on its snapshot is late: `after` of the rule, or three rhythms where that
    is longer. Of what an agent delivers, usermon.toml says nothing here: its snapshots tell the rhythm."""
    rhythm = rule.rhythms.get(cluster.name) or rhythm_of(connection, cluster) or 0
    return max(rule.after_seconds, _RHYTHMS_MISSED * rhythm)


def cluster_troubles(connection: StoreConnection, rule: ClusterRule, now: int) -> Iterator[Trouble]:
    late = []
    for cluster in all_clusters(connection):
        # Without a time only its ended jobs are known.
        age = 0 if cluster.time is None else now - cluster.time
        if age <= rule.after_seconds or not rule.covers(cluster.name):
            continue
        if age > (after := late_after(connection, rule, cluster)):
            late.append((cluster.name, cluster.time, after))
    if not late:
        return
    runs = {run.source: run for run in runs_by_source(connection)}
    for name, newest, after in late:
        run = runs.get(name)
        failed = run is not None and run.error is not None
        why = f": {run.error}" if run is not None and failed else f" for more than {period(after)}"
        usual = "Look whether its scheduler answers, and whether the collectors run: `usermon-collect check`."
        yield Trouble(
            kind="cluster",
            area="/queues",
            subject=name,
            severity=rule.severity or SERIOUS,
            since=newest,
            words=f"{name} gives no news{why}",
            remedy=(run.remedy if run is not None and failed else None) or usual,
            link=path_of("queues", name),
            rule=rule.name,
        )
