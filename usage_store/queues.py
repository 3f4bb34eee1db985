"""Asking what clusters run and ran. Times are epoch seconds; lists within rows are Python's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from usage_store.cluster_counts import FREE
from usage_store.paging import Page, Window
from usage_store.schema import users
from usage_store.schema_queues import cluster_history, cluster_jobs, cluster_nodes, clusters

_JOB_FIELDS = (
    *("job_id", "job_number", "name", "processors", "priority", "queue", "status", "n_nodes", "error"),
    *("gpus", "nodes", "submitted", "started", "memory_bytes"),
)
_NODE_FIELDS = (
    *("name", "state", "load", "n_procs", "n_running", "job_ids", "queues", "gpus", "gpus_used"),
    "memory_bytes",
)
_FREE_NODE_FIELDS = ("name", "load", "n_procs", "n_running", "state")
_HISTORY_FIELDS = ("procs", "procs_free", "procs_free_not_counting_used_slots")
_HISTORY_SUMS = ("nodes_by_state", "jobs_by_state", "procs_per_user_running", "gpus_per_user_running")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that was heard of; `time` is that of its newest snapshot, and None where only ended jobs of
    it are known. `totals` have the fields of `usage_store.cluster_counts`."""

    id: int
    name: str
    time: int | None
    totals: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs: those that fit all that is not None. `name` is a part of it, in whatever case."""

    user: str | None = None
    state: str | None = None
    queue: str | None = None
    name: str | None = None


def all_clusters(connection: Connection) -> list[Cluster]:
    """By name."""
    columns = (clusters.c.id, clusters.c.name, clusters.c.time, clusters.c.totals)
    return [_cluster(row) for row in connection.execute(select(*columns).order_by(clusters.c.name))]


def find_cluster(connection: Connection, name: str) -> Cluster | None:
    columns = (clusters.c.id, clusters.c.name, clusters.c.time, clusters.c.totals)
    row = connection.execute(select(*columns).where(clusters.c.name == name)).one_or_none()
    return None if row is None else _cluster(row)


def _cluster(row: Row[Any]) -> Cluster:
    return Cluster(row.id, row.name, row.time, json.loads(row.totals) if row.totals else {})


def sums_per_user(connection: Connection, cluster: Cluster) -> dict[str, Any]:
    """`procs_per_user_running`, `gpus_per_user_running`, `jobs_by_user_and_state`, `groups`."""
    query = select(clusters.c.per_user).where(clusters.c.id == cluster.id)
    text = connection.execute(query).scalar()
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def jobs_page(connection: Connection, cluster: Cluster, wanted: JobFilter, window: Window) -> Page:
    """The jobs of the newest snapshot in the order of their numbers."""
    conditions = [cluster_jobs.c.cluster_id == cluster.id]
    if wanted.user is not None:
        of_user = select(users.c.id).where(users.c.name == wanted.user).scalar_subquery()
        conditions.append(cluster_jobs.c.user_id == of_user)
    if wanted.state is not None:
        conditions.append(cluster_jobs.c.status == wanted.state)
    if wanted.queue is not None:
        conditions.append(cluster_jobs.c.queue == wanted.queue)
    if wanted.name is not None:
        part = wanted.name.lower()
        conditions.append(func.lower(cluster_jobs.c.name).contains(part, autoescape=True))
    query = (
        select(*(cluster_jobs.c[name] for name in _JOB_FIELDS), users.c.name.label("user"))
        .join(users, users.c.id == cluster_jobs.c.user_id)
        .where(*conditions)
        .order_by(cluster_jobs.c.job_number, cluster_jobs.c.job_id)
    )
    rows = _dicts(connection, query.limit(window.limit).offset(window.offset))
    for row in rows:
        _complete(row)
    if wanted == JobFilter():
        return Page(rows, int(cluster.totals.get("jobs", 0)))
    if (rows or not window.offset) and len(rows) < window.limit:
        return Page(rows, window.offset + len(rows))
    count = select(func.count()).select_from(cluster_jobs).where(*conditions)
    return Page(rows, int(connection.execute(count).scalar_one()))


def _complete(job: dict[str, Any]) -> None:
    """Make of the columns what they stand for."""
    job["nodes"] = [] if job["nodes"] == "[]" else json.loads(job["nodes"])
    if job["priority"] is not None and job["priority"].is_integer():
        job["priority"] = int(job["priority"])


def all_nodes(connection: Connection, cluster: Cluster) -> list[dict[str, Any]]:
    """As the scheduler lists them."""
    query = _nodes(cluster, _NODE_FIELDS)
    rows = _dicts(connection, query)
    for row in rows:
        row["job_ids"], row["queues"] = json.loads(row["job_ids"]), json.loads(row["queues"])
    return rows


def free_nodes(connection: Connection, cluster: Cluster) -> list[dict[str, Any]]:
    query = _nodes(cluster, _FREE_NODE_FIELDS).where(cluster_nodes.c.state.in_(sorted(FREE)))
    return _dicts(connection, query)


def _nodes(cluster: Cluster, fields: tuple[str, ...]) -> Select[Any]:
    query = select(*(cluster_nodes.c[name] for name in fields))
    return query.where(cluster_nodes.c.cluster_id == cluster.id).order_by(cluster_nodes.c.position)


def history_since(connection: Connection, cluster: Cluster, start: int, points: int) -> list[dict[str, Any]]:
    """Sums at each snapshot's time from `start` on; of more than `points` snapshots, the newest of each of
    that many equal spans."""
    if cluster.time is None:
        return []
    table = cluster_history.c
    since = (table.cluster_id == cluster.id, table.time >= start)
    query = select(*(table[name] for name in ("time", *_HISTORY_FIELDS, *_HISTORY_SUMS))).order_by(table.time)
    too_many = select(table.time).where(*since).order_by(table.time).offset(points).limit(1)
    if connection.execute(too_many).first() is None:
        query = query.where(*since)
    else:
        span = max(1, -(-(cluster.time - start + 1) // points))
        newest = select(func.max(table.time).label("time")).where(*since)
        newest_of_spans = newest.group_by((table.time - start) // span).subquery()
        query = query.join(newest_of_spans, newest_of_spans.c.time == table.time)
        query = query.where(table.cluster_id == cluster.id)
    rows = _dicts(connection, query)
    for row in rows:
        row.update({name: json.loads(row[name]) for name in _HISTORY_SUMS})
    return rows


def _dicts(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    # Rows as mappings would do, and take twice as long; some lists are long.
    result = connection.execute(query)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]
