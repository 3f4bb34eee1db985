"""The tables of the queues pages by columns and rows: jobs, nodes, what ended."""

from typing import Any

from overview.queue_words import job_kind, job_words, node_kind
from usage_store.cluster_overview import hosts_of_nodes
from usage_store.engine import StoreConnection
from usage_store.finished import FinishedFilter, finished_page, sums_of_finished
from usage_store.paging import Page, Window
from usage_store.queues import Cluster, all_nodes

_JOB_FIELDS = (
    *("cluster", "job_id", "job_number", "name", "user", "queue", "status", "processors", "gpus", "n_nodes"),
    *("priority", "memory_bytes", "submitted", "started", "error"),
)
NODE_FIELDS = (
    *("name", "state", "load", "n_procs", "n_running", "gpus", "gpus_used", "memory_bytes", "queues"),
    *("job_ids", "kind", "host"),
)
_FINISHED_FIELDS = (
    *("job_id", "user", "queue", "state", "ended", "elapsed_seconds", "processors", "gpus", "nodes"),
    *("cpu_hours", "gpu_hours", "exit_code"),
)
_SHOWN_FINISHED = 100


def job_table(page: Page) -> dict[str, Any]:
    """`states` says of each state that occurs what it means: [kind, words]."""
    return {
        "total": page.total,
        "fields": _JOB_FIELDS,
        "rows": [[row[name] for name in _JOB_FIELDS] for row in page.rows],
        "states": {row["status"]: [job_kind(row["status"]), job_words(row["status"])] for row in page.rows},
    }


def node_rows(connection: StoreConnection, cluster: Cluster) -> list[list[Any]]:
    """By NODE_FIELDS, as the scheduler lists them."""
    nodes = all_nodes(connection, cluster)
    hosts = hosts_of_nodes(connection, [node["name"] for node in nodes])
    for node in nodes:
        node["kind"], node["host"] = node_kind(node["state"]), hosts.get(node["name"])
    return [[node[name] for name in NODE_FIELDS] for node in nodes]


def finished_table(connection: StoreConnection, cluster: Cluster, start: int) -> dict[str, Any]:
    """What ended since `start` (epoch seconds): sums by user, who used most first, and the newest jobs."""
    wanted = FinishedFilter(start=start)
    sums = sums_of_finished(connection, cluster, wanted)
    sums.sort(key=lambda one: (-one["cpu_hours"], one["user"]))
    newest = finished_page(connection, cluster, wanted, Window(_SHOWN_FINISHED))
    return {
        "start": start,
        "users": [
            [one["user"], one["jobs"], _hours(one["cpu_hours"]), _hours(one["gpu_hours"])] for one in sums
        ],
        "jobs": {"total": newest.total, **finished_rows(newest)},
    }


def finished_rows(page: Page, *more: str) -> dict[str, Any]:
    """`fields` and `rows`; `more` are fields besides."""
    fields = (*more, *_FINISHED_FIELDS)
    rows = [
        {**row, "cpu_hours": _hours(row["cpu_hours"]), "gpu_hours": _hours(row["gpu_hours"])}
        for row in page.rows
    ]
    return {"fields": fields, "rows": [[row[name] for name in fields] for row in rows]}


def _hours(amount: float) -> float:
    return round(amount, 2)
