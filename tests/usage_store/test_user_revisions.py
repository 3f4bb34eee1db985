"""Whose data of a kind changed: only theirs is published again. On both engines."""

from dataclasses import replace

from tests.io_samples import HOUR, ONE, client, session
from tests.queue_samples import NOON, finished_job, job, snapshot
from usage_store.engine import Store
from usage_store.io_saving import save_io
from usage_store.queue_saving import QueueRecord, save_queues
from usage_store.user_revisions import revisions_of_users
from usermon.io_records import IoSession
from usermon.queue_records import ClusterSnapshot, Job


def revisions(store: Store, kind: str) -> dict[str, int]:
    with store.reading() as connection:
        return revisions_of_users(connection, kind)


def save_sessions(store: Store, *sessions: IoSession) -> None:
    with store.writing() as connection:
        save_io(connection, "reads", sessions)


def save_jobs(store: Store, *records: QueueRecord) -> None:
    with store.writing() as connection:
        save_queues(connection, "cluster-a", records)


def with_jobs(time: int, *jobs: Job) -> ClusterSnapshot:
    return replace(snapshot(time), jobs=jobs)


def test_who_read_something_new_has_changed(store: Store) -> None:
    bob = client("bob")
    save_sessions(store, session(), session(who=bob))
    before = revisions(store, "io")
    assert before.keys() == {"alice", "bob"}
    save_sessions(store, session(ONE + HOUR, who=bob))
    after = revisions(store, "io")
    assert (after["alice"], after["bob"] > before["bob"]) == (before["alice"], True)


def test_the_same_log_again_changes_nobody(store: Store) -> None:
    save_sessions(store, session())
    before = revisions(store, "io")
    save_sessions(store, session())
    assert revisions(store, "io") == before


def test_another_snapshot_changes_those_whose_jobs_are_others(store: Store) -> None:
    waiting = job(8, "bob", "Q")
    save_jobs(store, with_jobs(NOON, job(), waiting, job(9, "charlie")))
    before = revisions(store, "queues")
    save_jobs(store, with_jobs(NOON + 60, job(), replace(waiting, status="R", nodes=("n1",))))
    after = revisions(store, "queues")
    assert after["alice"] == before["alice"]
    assert after["bob"] > before["bob"]
    assert after["charlie"] > before["charlie"]  # whose job is there no more


def test_a_job_that_only_grows_in_priority_is_no_change_to_its_user(store: Store) -> None:
    save_jobs(store, with_jobs(NOON, job(8, "bob", "Q")))
    before = revisions(store, "queues")
    save_jobs(store, with_jobs(NOON + 60, replace(job(8, "bob", "Q"), priority=7.5)))
    assert revisions(store, "queues") == before


def test_a_number_that_another_user_got_changes_both(store: Store) -> None:
    save_jobs(store, with_jobs(NOON, job(8, "bob")))
    before = revisions(store, "queues")
    save_jobs(store, with_jobs(NOON + 60, job(8, "alice")))
    after = revisions(store, "queues")
    assert after["bob"] > before["bob"]
    assert "alice" in after


def test_a_job_that_ended_changes_its_user(store: Store) -> None:
    save_jobs(store, snapshot())
    before = revisions(store, "queues")
    save_jobs(store, finished_job(user="bob"))
    after = revisions(store, "queues")
    assert (after["alice"], after["bob"] > before["bob"]) == (before["alice"], True)
