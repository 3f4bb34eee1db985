"""What clusters ran thins out with age. Times are epoch seconds."""

from sqlalchemy import Connection, func, select

from usage_store.schema_queues import cluster_history, finished_jobs, finished_sums

HOUR_SECONDS = 3_600


def thin_cluster_history(connection: Connection, before: int, step: int = HOUR_SECONDS) -> int:
    """Of the snapshots' sums before `before` keep the last of each `step` seconds; how many went.

    `before` is rounded down to whole steps, so that none is thinned half.
    """
    table = cluster_history.c
    end = before // step * step
    kept = (
        select(table.cluster_id, func.max(table.time).label("time"))
        .where(table.time < end)
        .group_by(table.cluster_id, table.time // step)
        .subquery()
    )
    is_kept = (
        select(kept.c.time)
        .where(kept.c.cluster_id == table.cluster_id, kept.c.time == table.time)
        .correlate(cluster_history)
        .exists()
    )
    return int(connection.execute(cluster_history.delete().where(table.time < end, ~is_kept)).rowcount)


def forget_cluster_history(connection: Connection, before: int) -> int:
    """Forget the snapshots' sums before `before`; how many went."""
    return int(connection.execute(cluster_history.delete().where(cluster_history.c.time < before)).rowcount)


def forget_finished_jobs(connection: Connection, before: int) -> int:
    """Forget the jobs that ended before `before`, and the days whose sums they were; how many jobs went.

    Whole days (UTC) only: a day's sum would say less than it did.
    """
    end = before // 86_400 * 86_400
    connection.execute(finished_sums.delete().where(finished_sums.c.day < end))
    return int(connection.execute(finished_jobs.delete().where(finished_jobs.c.counted_at < end)).rowcount)
