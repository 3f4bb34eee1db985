"""The jobs of all clusters in one list, and what one user's came to."""

from dataclasses import replace

import pytest

from tests.host_samples import host_info
from tests.queue_samples import NOON, finished_job, job, snapshot
from usage_store.all_jobs import ORDERS, JobsWanted, find_job, page_of_jobs
from usage_store.cluster_overview import (
    free_nodes_with_gpus,
    hosts_of_nodes,
    rhythm_of,
    sums_of_all_clusters,
)
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.jobs_of_user import finished_of_user, hours_by_day
from usage_store.paging import Window
from usage_store.queue_saving import save_queues
from usage_store.queues import find_cluster
from usermon.queue_records import ClusterSnapshot

DAY = 86_400
MIDNIGHT = NOON // DAY * DAY


@pytest.fixture
def filled(store: Store) -> Store:
    """cluster-a: 7 of alice runs, 8 of bob waits; cluster-b: 70 of bob runs, 9[2] of Alice-2 waits."""
    more = (
        replace(job(70, "bob"), name="Anneal 100%", queue="long", processors=64, priority=None, started=NOON),
        replace(job(9, "alice-2", "PENDING"), job_id="9[2]", priority=12.0, submitted=None),
    )
    with store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot(), finished_job()])
        save_queues(connection, "cluster-b", [ClusterSnapshot("cluster-b", NOON + 60, more, ())])
    return store


def ids(store: Store, wanted: JobsWanted, order: str = "job", descending: bool = False) -> list[str]:
    with store.reading() as connection:
        page = page_of_jobs(connection, wanted, order, descending, Window(10))  # type: ignore[arg-type]
        whole = page_of_jobs(connection, wanted, order, descending, Window(10_000_000))  # type: ignore[arg-type]
    assert page.total == len(page.rows)
    assert whole == page
    return [row["job_id"] for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (JobsWanted(), ["7", "8", "9[2]", "70"]),
        (JobsWanted(cluster="cluster-b"), ["9[2]", "70"]),
        (JobsWanted(cluster="nowhere"), []),
        (JobsWanted(user="alice"), ["7"]),
        (JobsWanted(user_part="ALICE"), ["7", "9[2]"]),
        (JobsWanted(text="anneal"), ["70"]),
        (JobsWanted(text="100%"), ["70"]),
        (JobsWanted(text="0%1"), []),
        (JobsWanted(text="7"), ["7", "70"]),
        (JobsWanted(text="9["), ["9[2]"]),
        (JobsWanted(queue="long"), ["70"]),
        (JobsWanted(states={"Q", "PENDING"}), ["8", "9[2]"]),
        (JobsWanted(states=()), []),
        (JobsWanted(cluster="cluster-a", states={"R"}), ["7"]),
    ],
)
def test_jobs_of_all_clusters_are_found_by_each_filter(
    filled: Store, wanted: JobsWanted, found: list[str]
) -> None:
    assert ids(filled, wanted) == found


def test_jobs_are_sorted_by_any_column_and_what_is_not_known_comes_last(filled: Store) -> None:
    assert ids(filled, JobsWanted(), "priority") == ["7", "8", "9[2]", "70"]
    assert ids(filled, JobsWanted(), "priority", True) == ["9[2]", "7", "8", "70"]
    assert ids(filled, JobsWanted(), "started", True)[:2] == ["70", "7"]
    assert ids(filled, JobsWanted(), "user") == ["7", "9[2]", "8", "70"]
    assert ids(filled, JobsWanted(), "cluster", True) == ["9[2]", "70", "7", "8"]
    assert {len(ids(filled, JobsWanted(), order)) for order in ORDERS} == {4}


def test_pages_of_jobs_follow_each_other_and_count_all(filled: Store) -> None:
    pages = []
    with filled.reading() as connection:
        for wanted in (JobsWanted(), JobsWanted(states={"R", "Q", "PENDING"})):
            for offset in (0, 3):
                pages.append(page_of_jobs(connection, wanted, "processors", True, Window(3, offset)))
    assert [(len(page.rows), page.total) for page in pages] == [(3, 4), (1, 4)] * 2
    assert [row["job_id"] for row in [*pages[0].rows, *pages[1].rows]] == ["70", "7", "8", "9[2]"]


def test_a_job_is_told_in_full_while_it_is_in_the_newest_snapshot(filled: Store) -> None:
    with filled.reading() as connection:
        found = find_job(connection, "cluster-a", 7, "7")
        assert find_job(connection, "cluster-b", 7, "7") is None
    assert found is not None
    assert found["nodes"] == ["n1"]
    assert (found["user"], found["cluster"], found["priority"]) == ("alice", "cluster-a", 0.5)
    assert found["seen"] == NOON


def test_a_user_gets_hours_by_day_and_the_jobs_that_ended_last(store: Store) -> None:
    with store.writing() as connection:
        save_queues(connection, "b", [finished_job(1, NOON), finished_job(2, NOON - DAY)])
        save_queues(connection, "a", [finished_job(3, NOON - 5), finished_job(4, NOON, "bob")])
    with store.reading() as connection:
        hours = hours_by_day(connection, "alice", MIDNIGHT - DAY)
        ended = finished_of_user(connection, "alice", MIDNIGHT, 10)
        nobody = finished_of_user(connection, "charlie", 0, 10)
    assert [
        (one["cluster"], one["day"], one["jobs"], one["cpu_hours"], one["gpu_hours"]) for one in hours
    ] == [
        ("a", MIDNIGHT, 1, 4.0, 2.0),
        ("b", MIDNIGHT - DAY, 1, 4.0, 2.0),
        ("b", MIDNIGHT, 1, 4.0, 2.0),
    ]
    assert [(row["cluster"], row["job_id"], row["cpu_hours"]) for row in ended.rows] == [
        ("b", "1", 4.0),
        ("a", "3", 4.0),
    ]
    assert nobody.total == 0


def test_a_cluster_tells_its_rhythm_its_sums_and_its_free_nodes(store: Store) -> None:
    with store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot(NOON - 900), snapshot(NOON - 120)])
        few = find_cluster(connection, "cluster-a")
        assert few is not None
        assert rhythm_of(connection, few) is None
        save_queues(connection, "cluster-a", [snapshot(NOON - 60), snapshot()])
    with store.reading() as connection:
        cluster = find_cluster(connection, "cluster-a")
        assert cluster is not None
        assert rhythm_of(connection, cluster) == 60
        assert sums_of_all_clusters(connection)["cluster-a"]["procs_per_user_running"] == {"alice": 4}
        free = free_nodes_with_gpus(connection, cluster)
    assert [(node["name"], node["n_procs"], node["gpus"]) for node in free] == [("n1", 8, 2)]


def test_nodes_are_hosts_by_their_whole_name_or_by_a_short_one_that_is_clear(store: Store) -> None:
    names = ["n1", "n2.here", "n3.here", "n3.there", "n4"]
    with store.writing() as connection:
        save_hosts(connection, "hosts", [host_info(name) for name in names])
    with store.reading() as connection:
        found = hosts_of_nodes(connection, ["n1.cluster", "n2", "n3", "n3.there", "n5"])
        assert hosts_of_nodes(connection, []) == {}
    assert found == {"n1.cluster": "n1", "n2": "n2.here", "n3.there": "n3.there"}
