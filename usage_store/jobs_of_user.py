"""What one user's jobs came to on all clusters: hours by day, and the jobs that ended last."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from usage_store.paging import Page
from usage_store.schema import users
from usage_store.schema_queues import clusters, finished_jobs, finished_sums

_FIELDS = (
    *("job_id", "queue", "state", "submitted", "started", "ended", "elapsed_seconds", "processors", "gpus"),
    *("nodes", "memory_bytes", "exit_code"),
)
_HOUR = 3600


def hours_by_day(connection: Connection, user: str, start: int) -> list[dict[str, Any]]:
    """`cluster`, `day` (epoch seconds of its beginning, UTC), `jobs`, `cpu_hours`, `gpu_hours` of each day
    from `start` on with an ended job, by cluster and day."""
    table = finished_sums.c
    query = (
        select(clusters.c.name.label("cluster"), table.day, table.jobs, table.cpu_seconds, table.gpu_seconds)
        .join(clusters, clusters.c.id == table.cluster_id)
        .where(_of_every_cluster(table), table.user_id == _id_of(user), table.day >= start)
        .order_by(clusters.c.name, table.day)
    )
    return [
        {
            "cluster": row.cluster,
            "day": row.day,
            "jobs": row.jobs,
            "cpu_hours": row.cpu_seconds / _HOUR,
            "gpu_hours": row.gpu_seconds / _HOUR,
        }
        for row in connection.execute(query)
    ]


def finished_of_user(connection: Connection, user: str, start: int, limit: int) -> Page:
    """The jobs that ended since `start`, the newest first, as `usage_store.finished.finished_page` gives
    them, with their `cluster`. `total` counts only those on this page."""
    table = finished_jobs.c
    query = (
        select(*(table[name] for name in _FIELDS), clusters.c.name.label("cluster"))
        .join(clusters, clusters.c.id == table.cluster_id)
        .where(_of_every_cluster(table), table.user_id == _id_of(user), table.counted_at >= start)
        .order_by(table.counted_at.desc(), clusters.c.name, table.job_id, table.submitted)
        .limit(limit)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:
        row["user"], row["submitted"] = user, row["submitted"] or None  # 0: not known
        row["cpu_hours"] = row["processors"] * row["elapsed_seconds"] / _HOUR
        row["gpu_hours"] = row["gpus"] * row["elapsed_seconds"] / _HOUR
    return Page(rows, len(rows))


def _of_every_cluster(table: Any) -> ColumnElement[bool]:
    # Both indexes begin with the cluster.
    condition: ColumnElement[bool] = table.cluster_id.in_(select(clusters.c.id))
    return condition


def _id_of(user: str) -> Any:
    return select(users.c.id).where(users.c.name == user).scalar_subquery()
