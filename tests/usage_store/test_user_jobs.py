"""What one user is shown of their own jobs; on both engines."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.queue_samples import NOON, finished_job, job, snapshot
from usage_store.engine import Store
from usage_store.medians import newest_finished_day
from usage_store.queue_saving import QueueRecord, save_queues
from usage_store.queues import all_clusters
from usage_store.user_jobs import JobsReach, UserJobs, jobs_of_users, users_with_jobs

DAY = 86_400


def save(store: Store, *records: QueueRecord, cluster: str = "cluster-a") -> None:
    with store.writing() as connection:
        save_queues(connection, cluster, records)


def seen(store: Store, user: str = "alice", current: int = 10, finished: int = 10) -> UserJobs:
    with store.reading() as connection:
        reach = JobsReach(newest_finished_day(connection) or 0, current, finished, weeks=4, months=3)
        return jobs_of_users(connection, [user], all_clusters(connection), reach)[user]


def test_somebody_without_jobs_has_none(store: Store) -> None:
    save(store, snapshot())
    jobs = seen(store, "nobody")
    assert (jobs.current, jobs.finished, jobs.weeks, jobs.month.jobs) == ([], [], [], 0)


def test_current_jobs_of_all_clusters_come_with_the_running_ones_first(store: Store) -> None:
    save(store, replace(snapshot(), jobs=(job(1, status="Q"), job(2), job(3, "bob"))))
    save(store, replace(snapshot(), jobs=(job(4),)), cluster="cluster-b")
    jobs = seen(store)
    told = [(one["cluster"], one["job_id"], one["status"]) for one in jobs.current]
    assert told == [("cluster-a", "2", "R"), ("cluster-b", "4", "R"), ("cluster-a", "1", "Q")]
    with store.reading() as connection:
        assert users_with_jobs(connection) == {"alice", "bob"}


def test_of_too_many_jobs_the_rest_is_counted(store: Store) -> None:
    save(store, replace(snapshot(), jobs=tuple(job(n, status="Q") for n in range(5))))
    save(store, *(finished_job(n, NOON - n) for n in range(5)))
    jobs = seen(store, current=3, finished=2)
    assert (len(jobs.current), jobs.more_current) == (3, 2)
    assert [one["job_id"] for one in jobs.finished] == ["0", "1"]
    assert jobs.more_finished == 3


def test_finished_jobs_of_all_clusters_come_newest_first(store: Store) -> None:
    save(store, finished_job(1, NOON - 60), finished_job(2, NOON - 120), finished_job(3, user="bob"))
    save(store, finished_job(4, NOON - 90), cluster="cluster-b")
    assert [one["job_id"] for one in seen(store).finished] == ["1", "4", "2"]


def test_hours_are_summed_by_week_and_by_month(store: Store) -> None:
    monday = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())  # NOON's day
    ends = (NOON, NOON - DAY, NOON - 3 * DAY, NOON - 70 * DAY)
    save(store, *(finished_job(n, ended) for n, ended in enumerate(ends)))
    jobs = seen(store)
    assert jobs.weeks == [(monday - 7 * DAY, 2, 8, 4), (monday, 1, 4, 2)]
    february, march = (int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) for month in (2, 3))
    assert jobs.months == [(february, 1, 4, 2), (march, 2, 8, 4)]
    assert (jobs.month.jobs, jobs.month.cpu_hours, jobs.month.gpu_hours) == (3, 12, 6)


def test_a_job_of_unknown_submission_says_so(store: Store) -> None:
    save(store, replace(finished_job(), submitted=None))
    assert seen(store).finished[0]["submitted"] is None


def test_of_several_users_each_has_their_own_limits_and_sums(store: Store) -> None:
    save(store, replace(snapshot(), jobs=(job(1), job(2), job(3, "bob"))))
    save(store, *(finished_job(n, NOON - n, user="bob") for n in range(3)), finished_job(9))
    with store.reading() as connection:
        reach = JobsReach(newest_finished_day(connection) or 0, 1, 2, weeks=4, months=3)
        found = jobs_of_users(connection, ["alice", "bob", "charlie"], all_clusters(connection), reach)
    told = {
        user: ([one["job_id"] for one in jobs.current], [one["job_id"] for one in jobs.finished])
        for user, jobs in found.items()
    }
    assert told == {"alice": (["1"], ["9"]), "bob": (["3"], ["0", "1"]), "charlie": ([], [])}
    assert [(jobs.more_current, jobs.more_finished) for jobs in found.values()] == [(1, 0), (0, 1), (0, 0)]
    assert [jobs.month.jobs for jobs in found.values()] == [1, 3, 0]
