"""What the queues page asks of all clusters at once: sums by user, and how often each is looked at."""

import json
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, select

from usage_store.cluster_counts import FREE
from usage_store.queues import Cluster
from usage_store.schema_hosts import hosts
from usage_store.schema_queues import cluster_history, cluster_nodes, clusters

_SNAPSHOTS_OF_A_RHYTHM = 9


def sums_of_all_clusters(connection: Connection) -> dict[str, dict[str, Any]]:
    """By the cluster's name what `usage_store.cluster_counts` counts per user; nothing before a snapshot."""
    query = select(clusters.c.name, clusters.c.per_user).where(clusters.c.per_user.is_not(None))
    return {row.name: json.loads(row.per_user) for row in connection.execute(query)}


def rhythm_of(connection: Connection, cluster: Cluster) -> int | None:
    """Seconds between its last snapshots, as they mostly were; None where fewer than three are known."""
    query = select(cluster_history.c.time).where(cluster_history.c.cluster_id == cluster.id)
    newest = query.order_by(cluster_history.c.time.desc()).limit(_SNAPSHOTS_OF_A_RHYTHM)
    times = list(connection.execute(newest).scalars())
    if len(times) < 3:
        return None
    return int(median(later - earlier for later, earlier in pairwise(times)))


def free_nodes_with_gpus(connection: Connection, cluster: Cluster) -> list[dict[str, Any]]:
    """`name`, `n_procs`, `n_running`, `gpus`, `gpus_used`, `memory_bytes`, as the scheduler lists them."""
    names = ("name", "n_procs", "n_running", "gpus", "gpus_used", "memory_bytes")
    query = select(*(cluster_nodes.c[name] for name in names)).where(
        cluster_nodes.c.cluster_id == cluster.id, cluster_nodes.c.state.in_(sorted(FREE))
    )
    return [dict(row) for row in connection.execute(query.order_by(cluster_nodes.c.position)).mappings()]


def hosts_of_nodes(connection: Connection, nodes: Sequence[str]) -> dict[str, str]:
    """Of those nodes that are hosts known here, the host's name.

    A scheduler may say n1.cluster.example where the host calls itself n1, or the other way round: the short
    name counts where the long one is not known, and where no two hosts share it.
    """
    query = select(hosts.c.name)
    known = set(connection.execute(query).scalars()) if nodes else set()
    by_short: dict[str, str | None] = {}
    for name in known:
        short = name.partition(".")[0]
        by_short[short] = None if short in by_short else name
    found: dict[str, str] = {}
    for node in nodes:
        host = node if node in known else by_short.get(node.partition(".")[0])
        if host is not None:
            found[node] = host
    return found
