"""One row of the queues page: what a cluster's newest snapshot comes to, ready to be shown."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from alerts.clusters import late_after
from overview.queue_words import NODE_KINDS, job_kind, job_words, node_kind
from usage_store.cluster_counts import NO_TOTALS, NOTHING_PER_USER
from usage_store.cluster_overview import sums_of_all_clusters
from usage_store.collection_runs import latest_runs
from usage_store.engine import StoreConnection
from usage_store.host_status import LIMITS
from usage_store.queues import Cluster, all_clusters, sums_per_user
from usermon.alert_rules import ClusterRule, Rule
from usermon.collection import CollectionRun

# Of each cluster so many users are shown by name; there are as many styles as that, and one for the others.
TOP_USERS = 7
# Of clusters that no rule of this facility covers.
_USUAL = ClusterRule(name=ClusterRule.kind)
# A pass takes its time between its beginning and the moment that its snapshot names, and clocks differ.
_OF_THE_SAME_PASS = 120

Row = dict[str, Any]
# Of a bar: its style (a number: that of a user), what it is, how many.
Part: TypeAlias = tuple[int | str, str, int]


def cluster_rows(connection: StoreConnection, rules: Sequence[Rule]) -> list[Row]:
    """Of all clusters, by name. `rules` say from when on a snapshot is late, as they do for mails."""
    runs = {run.source: run for run in latest_runs(connection)}
    sums = sums_of_all_clusters(connection)
    return [
        cluster_row(
            cluster, sums.get(cluster.name, {}), runs.get(cluster.name), _late(connection, rules, cluster)
        )
        for cluster in all_clusters(connection)
    ]


def row_of(connection: StoreConnection, rules: Sequence[Rule], cluster: Cluster) -> Row:
    run = next((run for run in latest_runs(connection) if run.source == cluster.name), None)
    return cluster_row(cluster, sums_per_user(connection, cluster), run, _late(connection, rules, cluster))


def _late(connection: StoreConnection, rules: Sequence[Rule], cluster: Cluster) -> int:
    covering = (rule for rule in rules if isinstance(rule, ClusterRule) and rule.covers(cluster.name))
    return late_after(connection, next(covering, _USUAL), cluster)


def cluster_row(
    cluster: Cluster, per_user: Mapping[str, Any], run: CollectionRun | None, stale_after: int
) -> Row:
    """`error` is why its last pass failed; `partial` says that the snapshot is of that very pass, so that
    only a part is missing. `stale_after` is the age in seconds from which on the snapshot is old."""
    totals = {**NO_TOTALS, **cluster.totals}
    per_user = {**NOTHING_PER_USER, **per_user}
    failed = run is not None and run.error is not None
    processors = _processors(totals, per_user)
    gpus_used = max(totals["gpus_used"], totals["gpus_running"])
    nodes = _nodes(totals)
    return {
        "name": cluster.name,
        "time": cluster.time,
        "stale_after": stale_after,
        "error": run.error if run and failed else None,
        "remedy": run.remedy if run and failed else None,
        "failed_at": run.finished_at if run and failed else None,
        "partial": bool(
            run and failed and cluster.time is not None and cluster.time >= run.started_at - _OF_THE_SAME_PASS
        ),
        "jobs": _jobs(totals),
        "queues": dict(sorted(totals["jobs_by_queue"].items())),
        **processors,
        "gpus": {"total": max(totals["gpus"], gpus_used), "used": gpus_used},
        "nodes": nodes,
        "proc_parts": _parts_of_processors(processors),
        "node_parts": _parts_of_nodes(nodes["states"]),
    }


def _jobs(totals: Mapping[str, Any]) -> Row:
    counts = {"running": 0, "waiting": 0, "ended": 0}
    states = sorted(totals["jobs_by_state"].items(), key=lambda item: (-item[1], item[0]))
    for state, count in states:
        counts[job_kind(state)] += count
    named = [{"state": s, "words": job_words(s), "kind": job_kind(s), "count": count} for s, count in states]
    return {**counts, "total": totals["jobs"], "users": totals["users"], "states": named}


def _processors(totals: Mapping[str, Any], per_user: Mapping[str, Any]) -> Row:
    """What all processors do: of users, free, the rest of nodes that are in use (`idle`), out of service.

    Schedulers count jobs and nodes each for itself: where jobs hold more than there is, the whole is what
    they hold, and nothing is left for the rest.
    """
    of_users = {user: count for user, count in per_user["procs_per_user_running"].items() if count}
    gpus = per_user["gpus_per_user_running"]
    ranked = sorted(of_users.items(), key=lambda item: (-item[1], item[0]))
    # One user more instead of "1 other".
    shown = ranked if len(ranked) == TOP_USERS + 1 else ranked[:TOP_USERS]
    used = sum(of_users.values())
    rest = max(0, totals["procs"] - used)
    free = min(rest, totals["procs_free_not_counting_used_slots"])
    out_of_service = sum(
        count for state, count in totals["procs_by_node_state"].items() if node_kind(state) == "out"
    )
    out = min(rest - free, out_of_service)
    return {
        "procs": {
            "total": max(totals["procs"], used),
            "used": used,
            "free": free,
            "idle": rest - free - out,
            "out": out,
        },
        "users": [{"user": user, "procs": procs, "gpus": gpus.get(user, 0)} for user, procs in shown],
        "others": {"users": len(ranked) - len(shown), "procs": used - sum(count for _, count in shown)},
    }


def _parts_of_processors(processors: Row) -> list[Part]:
    procs, others = processors["procs"], processors["others"]
    return [
        *((place, one["user"], one["procs"]) for place, one in enumerate(processors["users"])),
        ("others", f"{others['users']} others", others["procs"]),
        ("free", "free", procs["free"]),
        ("idle", "rest, on nodes in use", procs["idle"]),
        ("out", "out of service", procs["out"]),
    ]


def _parts_of_nodes(states: list[Row]) -> list[Part]:
    parts: list[Part] = []
    for one in states:
        others = sum(str(style).startswith(one["kind"]) for style, _, _ in parts)
        # States of one kind lie side by side: the first is plain, the next ones are marked.
        style = one["kind"] if not others else f"{one['kind']}-{min(others, 2) + 1}"
        parts.append((style, one["state"], one["count"]))
    return parts


def _nodes(totals: Mapping[str, Any]) -> Row:
    states = [
        {"state": state, "kind": node_kind(state), "count": count}
        for state, count in totals["nodes_by_state"].items()
    ]
    states.sort(key=lambda one: (NODE_KINDS.index(one["kind"]), -one["count"], one["state"]))
    kinds = {kind: sum(one["count"] for one in states if one["kind"] == kind) for kind in NODE_KINDS}
    return {"total": totals["nodes"], "states": states, "kinds": kinds}


def state_of(row: Row, now: float) -> str:
    """`unreachable`: its last pass failed, what stands is older; `partial`: that pass gave a snapshot all the
    same; `old`: nobody looked for a while; `ahead`: it is dated later than now; `none`: only jobs that ended
    are known; else `fresh`."""
    if row["error"] is not None:
        return "partial" if row["partial"] else "unreachable"
    if row["time"] is None:
        return "none"
    if row["time"] - now > LIMITS.ahead_seconds:
        return "ahead"
    return "old" if now - row["time"] > row["stale_after"] else "fresh"


def site_totals(rows: list[Row]) -> Row:
    """Of all clusters together."""

    def total(group: str, name: str) -> int:
        return sum(row[group][name] for row in rows)

    return {
        "clusters": len(rows),
        "running": total("jobs", "running"),
        "waiting": total("jobs", "waiting"),
        "procs": total("procs", "total"),
        "procs_used": total("procs", "used"),
        "procs_free": total("procs", "free"),
        "gpus": total("gpus", "total"),
        "gpus_used": total("gpus", "used"),
        "nodes": total("nodes", "total"),
        "nodes_out": sum(row["nodes"]["kinds"]["out"] for row in rows),
    }
