"""jobs.json: who gets one, what stands in it, and when it is written again."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import publish
from tests.collectors.publishing_site import PublishingSite
from tests.factories import site, source, usage
from tests.queue_samples import NOON, finished_job, job, snapshot
from usage_store.engine import Store
from usage_store.queue_saving import QueueRecord, save_queues
from usage_store.storage_saving import save_storage
from usermon.published_jobs import REFRESH_SECONDS, JobsMedian, PublishedJobs, from_json
from usermon.published_storage import from_json as storage_from_json

WITH_QUEUE = site(source("cluster-a", collector="torque", every_seconds=60), timezone="Europe/Berlin")


@pytest.fixture
def place(tmp_path: Path, store: Store) -> PublishingSite:
    return PublishingSite(tmp_path, store)


def save(place: PublishingSite, *records: QueueRecord) -> None:
    with place.store.writing() as connection:
        save_queues(connection, "cluster-a", records)


def published(place: PublishingSite, user: str) -> PublishedJobs:
    return from_json(place.file(user, "jobs.json").read_bytes())


def test_everybody_gets_a_file_of_their_own_jobs_alone(place: PublishingSite) -> None:
    save(place, snapshot(), finished_job())
    place.make_folders("alice", "charlie")
    place.publisher(WITH_QUEUE).publish_due()
    alice = published(place, "alice")
    assert (alice.clusters.name, alice.clusters.time, alice.clusters.every_seconds) == (
        *(["cluster-a"], [NOON], [60]),
    )
    assert (alice.current.job_id, alice.current.status, alice.current.started) == (["7"], ["R"], [NOON - 60])
    assert (alice.finished.job_id, alice.finished.seconds, alice.finished.gpus) == (["6"], [3600], [2])
    assert (alice.weeks.cpu_hours, alice.month.gpu_hours) == ([4.0], 2.0)
    assert "bob" not in place.file("alice", "jobs.json").read_text()
    assert published(place, "charlie").current.job_id == []


def test_a_facility_without_a_queue_has_no_such_files_and_loses_those_it_had(place: PublishingSite) -> None:
    save(place, snapshot())
    place.make_folders("alice")
    place.publisher(site()).publish_due()
    assert place.users_with("jobs.json") == set()
    place.publisher(WITH_QUEUE).publish_due()
    assert place.users_with("jobs.json") == {"alice"}
    place.publisher(site()).publish_due()
    assert place.users_with("jobs.json") == set()


def test_a_snapshot_each_minute_writes_the_files_of_those_whose_jobs_changed(
    place: PublishingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    save(place, snapshot())
    place.make_folders("alice", "bob", "charlie")
    publisher = place.publisher(WITH_QUEUE)
    publisher.publish_if_changed(now=0)

    clock[0] += 60
    save(place, replace(snapshot(NOON + 60), jobs=(job(), job(8, "bob", "R"))))
    publisher.publish_if_changed(now=1)
    times = {user: published(place, user).clusters.time[0] for user in ("alice", "bob", "charlie")}
    assert times == {"alice": NOON, "bob": NOON + 60, "charlie": NOON}

    # The moment of the snapshot is told anew from time to time, to those who have jobs in it.
    clock[0] += REFRESH_SECONDS
    save(place, replace(snapshot(NOON + 120), jobs=(job(), job(8, "bob", "R"))))
    publisher.publish_if_changed(now=2)
    assert published(place, "alice").clusters.time == [NOON + 120]
    assert published(place, "charlie").clusters.time == [NOON]


def test_the_median_of_processor_hours_is_published(place: PublishingSite) -> None:
    users = ("alice", "bob", "charlie", "dunja", "emeka")
    save(place, *(finished_job(n, user=user) for n, user in enumerate(users)))
    place.make_folders("alice")
    place.publisher(WITH_QUEUE).publish_due()
    assert published(place, "alice").median == JobsMedian(5, 4.0)


def test_medians_that_moved_a_little_rewrite_nobodys_file(place: PublishingSite) -> None:
    users = [f"user{n}" for n in range(9)]
    with place.store.writing() as connection:
        save_storage(connection, [usage(user, gb=1_000) for user in users])
    place.make_folders(*users)
    publisher = place.publisher(site())
    publisher.publish_due()
    assert storage_from_json(place.file("user0", "storage.json").read_bytes()).medians["local"].users == 9
    with place.store.writing() as connection:
        save_storage(connection, [usage("user0", gb=1_040)])
    run = publisher.publish_due()
    assert run is not None
    assert run.taken == 1


def test_thousands_of_one_kind_do_not_keep_the_others_waiting(
    place: PublishingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "AT_ONCE", 2)
    users = [f"user{n}" for n in range(5)]
    with place.store.writing() as connection:
        save_storage(connection, [usage(user) for user in users])
    save(place, snapshot())
    place.make_folders("alice", *users)
    publisher = place.publisher(WITH_QUEUE)
    assert publisher.publish_if_changed(now=0)
    assert len(place.users_with("storage.json")) == 2
    assert "alice" in place.users_with("jobs.json")
    while publisher.publish_if_changed(now=1):
        pass
    assert place.users_with("storage.json") == set(users)
