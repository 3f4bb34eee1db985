"""One user's jobs on all clusters: what a page about that user shows of them."""

from typing import Any

from overview.queue_tables import finished_rows, job_table
from usage_store.all_jobs import JobsWanted, page_of_jobs
from usage_store.engine import StoreConnection
from usage_store.jobs_of_user import finished_of_user, hours_by_day
from usage_store.paging import Window

FINISHED_DAYS = 28
_DAY = 86_400
_SHOWN_JOBS, _SHOWN_FINISHED = 200, 50


def jobs_of_user(connection: StoreConnection, user: str, today: int) -> dict[str, Any]:
    """`now` are the jobs of the newest snapshots; `finished` those of so many days until `today` (epoch
    seconds of its beginning): hours for each cluster and day, and the newest jobs."""
    wanted = JobsWanted(user=user)
    now = page_of_jobs(connection, wanted, "submitted", True, Window(_SHOWN_JOBS))
    start = today - (FINISHED_DAYS - 1) * _DAY
    days = [start + number * _DAY for number in range(FINISHED_DAYS)]
    hours = hours_by_day(connection, user, start)
    clusters = []
    for name in sorted({one["cluster"] for one in hours}):
        by_day = {one["day"]: one for one in hours if one["cluster"] == name}
        clusters.append(
            {
                "cluster": name,
                "jobs": sum(one["jobs"] for one in by_day.values()),
                **{kind: [round(by_day[d][kind], 2) if d in by_day else 0 for d in days] for kind in _HOURS},
            }
        )
    newest = finished_of_user(connection, user, start, _SHOWN_FINISHED)
    return {
        "user": user,
        "now": job_table(now),
        "finished": {"days": days, "clusters": clusters, "jobs": finished_rows(newest, "cluster")},
    }


_HOURS = ("cpu_hours", "gpu_hours")
