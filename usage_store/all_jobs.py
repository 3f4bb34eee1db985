"""The jobs of all clusters in one list: filtered, sorted, a page at a time; and one job in full."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from usage_store.paging import Page, Window
from usage_store.schema import users
from usage_store.schema_queues import cluster_jobs, clusters

# fmt: off
Order = Literal[
    "cluster", "job", "user", "name", "queue", "state", "processors", "gpus", "nodes", "priority",
    "submitted", "started", "memory",
]
# fmt: on
ORDERS: tuple[Order, ...] = get_args(Order)

_COLUMNS: Mapping[Order, ColumnElement[Any]] = {
    "cluster": clusters.c.name,
    "job": cluster_jobs.c.job_number,
    "user": users.c.name,
    "name": cluster_jobs.c.name,
    "queue": cluster_jobs.c.queue,
    "state": cluster_jobs.c.status,
    "processors": cluster_jobs.c.processors,
    "gpus": cluster_jobs.c.gpus,
    "nodes": cluster_jobs.c.n_nodes,
    "priority": cluster_jobs.c.priority,
    "submitted": cluster_jobs.c.submitted,
    "started": cluster_jobs.c.started,
    "memory": cluster_jobs.c.memory_bytes,
}
# Beyond it, nearly all rows are wanted anyway.
_LARGEST_PAGE = 1000
_KEYS = (cluster_jobs.c.cluster_id, cluster_jobs.c.job_number, cluster_jobs.c.job_id)
_SHOWN = (
    clusters.c.name.label("cluster"),
    cluster_jobs.c.job_id,
    cluster_jobs.c.job_number,
    cluster_jobs.c.name,
    users.c.name.label("user"),
    *(cluster_jobs.c[name] for name in ("processors", "priority", "queue", "status", "n_nodes", "error")),
    *(cluster_jobs.c[name] for name in ("gpus", "submitted", "started", "memory_bytes")),
)


@dataclass(frozen=True, slots=True)
class JobsWanted:
    """Which jobs: those that fit all that is not None.

    `user` is the whole name, `user_part` a part of it. `text` is a part of the job's name, in whatever case,
    or how its number begins. `states` are the schedulers' own letters and words.
    """

    cluster: str | None = None
    user: str | None = None
    user_part: str | None = None
    text: str | None = None
    queue: str | None = None
    states: Collection[str] | None = None


EVERY_JOB = JobsWanted()


def page_of_jobs(
    connection: Connection, wanted: JobsWanted, order: Order, descending: bool, window: Window
) -> Page:
    """Rows with `cluster`, `job_id`, `job_number`, `name`, `user`, `processors`, `priority`, `queue`,
    `status`, `n_nodes`, `error`, `gpus`, `submitted`, `started`, `memory_bytes`.

    What is not known comes last either way.
    """
    conditions = _conditions(wanted)
    rows = _with_whole_priorities(connection, _rows(conditions, order, descending, window))
    if wanted == EVERY_JOB:
        return Page(rows, _number_of_all(connection))
    if (rows or not window.offset) and len(rows) < window.limit:
        return Page(rows, window.offset + len(rows))
    count = select(func.count()).select_from(cluster_jobs).where(*conditions)
    return Page(rows, int(connection.execute(count).scalar_one()))


def find_job(connection: Connection, cluster: str, number: int, job_id: str) -> dict[str, Any] | None:
    """All that is known of one job, `nodes` with it; None when it is in no snapshot any more."""
    query = (
        select(*_SHOWN, cluster_jobs.c.nodes, clusters.c.time.label("seen"))
        .join(clusters, clusters.c.id == cluster_jobs.c.cluster_id)
        .join(users, users.c.id == cluster_jobs.c.user_id)
        .where(
            clusters.c.name == cluster,
            cluster_jobs.c.job_number == number,
            cluster_jobs.c.job_id == job_id,
        )
    )
    found = _with_whole_priorities(connection, query)
    if not found:
        return None
    return {**found[0], "nodes": json.loads(found[0]["nodes"])}


def _rows(
    conditions: list[ColumnElement[bool]], order: Order, descending: bool, window: Window
) -> Select[Any]:
    query = select(*_SHOWN)
    if window.limit > _LARGEST_PAGE:
        query = query.select_from(cluster_jobs).where(*conditions).limit(window.limit).offset(window.offset)
    else:
        # The keys of the page first: sorting whole rows, most of them for nothing, takes three times as long.
        keys = _joined(select(*_KEYS), order).where(*conditions).order_by(*_order(order, descending))
        page = keys.limit(window.limit).offset(window.offset).subquery()
        query = query.select_from(page).join(cluster_jobs, _same_key(page))
    query = query.join(users, users.c.id == cluster_jobs.c.user_id)
    query = query.join(clusters, clusters.c.id == cluster_jobs.c.cluster_id)
    return query.order_by(*_order(order, descending))


def _conditions(wanted: JobsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.cluster is not None:
        of_cluster = select(clusters.c.id).where(clusters.c.name == wanted.cluster).scalar_subquery()
        found.append(cluster_jobs.c.cluster_id == of_cluster)
    if wanted.user is not None:
        found.append(_of_users(users.c.name == wanted.user))
    if wanted.user_part is not None:
        part = wanted.user_part.lower()
        found.append(_of_users(func.lower(users.c.name).contains(part, autoescape=True)))
    if wanted.text is not None:
        part = wanted.text.lower()
        in_name = func.lower(cluster_jobs.c.name).contains(part, autoescape=True)
        found.append(or_(in_name, cluster_jobs.c.job_id.startswith(part, autoescape=True)))
    if wanted.queue is not None:
        found.append(cluster_jobs.c.queue == wanted.queue)
    if wanted.states is not None:
        found.append(cluster_jobs.c.status.in_(sorted(wanted.states)))
    return found


def _of_users(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # The index of jobs by user begins with their cluster.
    every_cluster = cluster_jobs.c.cluster_id.in_(select(clusters.c.id))
    return every_cluster & cluster_jobs.c.user_id.in_(select(users.c.id).where(condition))


def _joined(query: Select[Any], order: Order) -> Select[Any]:
    if order == "user":
        return query.join(users, users.c.id == cluster_jobs.c.user_id)
    if order == "cluster":
        return query.join(clusters, clusters.c.id == cluster_jobs.c.cluster_id)
    return query


def _order(order: Order, descending: bool) -> list[ColumnElement[Any]]:
    column = _COLUMNS[order]
    return [(column.desc() if descending else column.asc()).nulls_last(), *_KEYS]


def _same_key(page: Any) -> ColumnElement[bool]:
    return and_(*(column == page.c[column.name] for column in _KEYS))


def _number_of_all(connection: Connection) -> int:
    """From what was counted when the snapshots were saved."""
    totals = connection.execute(select(clusters.c.totals).where(clusters.c.totals.is_not(None))).scalars()
    return sum(int(json.loads(text).get("jobs", 0)) for text in totals)


def _with_whole_priorities(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    # Rows as mappings would do, and take half as long again: the list may be of all jobs.
    found = connection.execute(query)
    names = tuple(found.keys())
    rows = [dict(zip(names, row, strict=True)) for row in found]
    for row in rows:
        if row["priority"] is not None and row["priority"].is_integer():
            row["priority"] = int(row["priority"])
    return rows
