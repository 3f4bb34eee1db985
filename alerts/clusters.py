"""Clusters of which no snapshot comes any more."""

from collections.abc import Iterator

from alerts.trouble import SERIOUS, Trouble
from alerts.words import path_of, period
from usage_store.engine import StoreConnection
from usage_store.queues import all_clusters
from usage_store.watched_machines import runs_by_source
from usermon.alert_rules import ClusterRule

_RHYTHMS_MISSED = 3


def cluster_troubles(connection: StoreConnection, rule: ClusterRule, now: int) -> Iterator[Trouble]:
    late = []
    for cluster in all_clusters(connection):
        # A cluster is saved under the name of its source; without a time only its ended jobs are known.
        after = max(rule.after_seconds, _RHYTHMS_MISSED * rule.rhythms.get(cluster.name, 0))
        if cluster.time is not None and now - cluster.time > after and rule.covers(cluster.name):
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
