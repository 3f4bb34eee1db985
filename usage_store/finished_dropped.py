"""Jobs that retention dropped: their rows are gone, their sums are not.

So a day on which a user's sums tell of more jobs than there are rows has lost that many. When a log is read
anew, so many of that day and user are known already, and must not count a second time.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from usage_store.retention import DAY_SECONDS
from usage_store.schema_queues import finished_jobs, finished_sums

# By the beginning of a day (UTC, epoch seconds) and user (id).
Dropped = Counter[tuple[int, int]]


def dropped_jobs(connection: Connection, cluster_id: int, counted_at: Iterable[int]) -> Dropped:
    """How many jobs are gone of the days of `counted_at` (when jobs ended, epoch seconds)."""
    days = {at // DAY_SECONDS * DAY_SECONDS for at in counted_at}
    if not days:
        return Counter()
    first, end = min(days), max(days) + DAY_SECONDS
    sums = finished_sums.c
    query = select(sums.day, sums.user_id, sums.jobs).where(
        sums.cluster_id == cluster_id, sums.day >= first, sums.day < end
    )
    dropped: Dropped = Counter({(day, user_id): jobs for day, user_id, jobs in connection.execute(query)})
    jobs = finished_jobs.c
    stand = (jobs.cluster_id == cluster_id, jobs.counted_at >= first, jobs.counted_at < end)
    # To count them is cheap; by user only where some are missing.
    if connection.execute(select(func.count()).where(*stand)).scalar_one() >= dropped.total():
        return Counter()
    of_jobs = select((jobs.counted_at // DAY_SECONDS * DAY_SECONDS).label("day"), jobs.user_id).where(*stand)
    found = of_jobs.subquery().c
    for day, user_id, count in connection.execute(
        select(found.day, found.user_id, func.count()).group_by(found.day, found.user_id)
    ):
        dropped[day, user_id] -= count
    return +dropped
