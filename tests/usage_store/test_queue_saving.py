"""What clusters run and ran, on both engines."""

import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from usage_store.engine import Store
from usage_store.finished import FinishedFilter, finished_page, sums_of_finished
from usage_store.paging import Window
from usage_store.queue_saving import save_queues
from usage_store.queues import (
    Cluster,
    JobFilter,
    all_clusters,
    all_nodes,
    find_cluster,
    free_nodes,
    history_since,
    jobs_page,
    sums_per_user,
)
from usage_store.revisions import current_revision
from usage_store.saved import Saved
from usage_store.schema_queues import finished_sums
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node, check_finished_job, check_snapshot

NOON = 1_772_452_800
DAY = 86_400
EVERYTHING = Window(1_000)


def job(number: int, user: str = "alice", status: str = "R", **more: Any) -> Job:
    plain = Job(str(number), number, "relax", user, 4, 0, "batch", status, 1)
    return replace(plain, **more)


def node(name: str, state: str = "free", n_running: int = 0, **more: Any) -> Node:
    return Node(name, state, 0.5, 8, n_running, **more)


def snapshot(*jobs: Job, time: int = NOON, nodes: tuple[Node, ...] = (node("n1"),)) -> ClusterSnapshot:
    return ClusterSnapshot("cluster-a", time, jobs, nodes, (("alice", "lab"), ("bob", None)))


def ended(number: int, user: str = "alice", at: int | None = NOON, **more: Any) -> FinishedJob:
    about: dict[str, Any] = {
        "queue": "batch",
        "state": "F",
        "submitted": NOON - DAY,
        "started": None,
        "gpus": 2,
    } | more
    return FinishedJob("cluster-a", str(number), user, ended=at, elapsed_seconds=1800, processors=4, **about)


def save(store: Store, *records: ClusterSnapshot | FinishedJob, source: str = "cluster-a") -> Saved:
    with store.writing() as connection:
        return save_queues(connection, source, records)


def ask(store: Store, question: Any, *more: Any, name: str = "cluster-a") -> Any:
    with store.reading() as connection:
        cluster = find_cluster(connection, name)
        assert cluster is not None
        return question(connection, cluster, *more)


def job_ids(store: Store, window: Window = EVERYTHING, **wanted: str) -> list[str]:
    return [row["job_id"] for row in ask(store, jobs_page, JobFilter(**wanted), window).rows]


def test_a_snapshot_comes_out_as_it_went_in(store: Store) -> None:
    whole = job(
        7,
        priority=0.25,
        error="no node",
        gpus=2,
        nodes=("n1", "n 2"),
        submitted=NOON - 60,
        started=NOON,
        memory_bytes=2**40,
    )
    odd = replace(job(8), name='<b>"7"\n\x1f', job_id="8[3]", priority=None)
    there = node(
        "n1", "mixed", 3, job_ids=("7", "8[3]"), queues=("a", "b"), gpus=4, gpus_used=2, memory_bytes=9
    )
    assert save(store, snapshot(whole, odd, nodes=(there, node("n0")))) == Saved(1, 0)
    rows = ask(store, jobs_page, JobFilter(), EVERYTHING).rows
    assert [Job(**{**row, "nodes": tuple(row["nodes"])}) for row in rows] == [whole, odd]
    nodes = ask(store, all_nodes)
    lists = ("job_ids", "queues")
    assert [Node(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in nodes] == [
        there,
        node("n0"),
    ]
    assert ask(store, sums_per_user) == {
        "procs_per_user_running": {"alice": 8},
        "gpus_per_user_running": {"alice": 2},
        "jobs_by_user_and_state": {"alice": {"R": 2}},
        "groups": {"alice": "lab", "bob": None},
    }


def test_the_same_snapshot_twice_changes_nothing(store: Store) -> None:
    first = snapshot(job(7), job(8, "bob", "Q"))
    save(store, first)
    with store.reading() as connection:
        revision = current_revision(connection, "queues")
    assert save(store, first, first) == Saved(0, 2)
    with store.reading() as connection:
        assert current_revision(connection, "queues") == revision


def test_an_older_snapshot_is_noted_and_replaces_nothing(store: Store) -> None:
    save(store, snapshot(job(8, "bob")))
    assert save(store, snapshot(job(7), job(9), time=NOON - 60)) == Saved(1, 0)
    assert save(store, snapshot(job(7), job(9), time=NOON - 60)) == Saved(0, 1)
    assert job_ids(store) == ["8"]
    history = ask(store, history_since, NOON - 3600, 100)
    assert [(row["time"], row["procs_per_user_running"]) for row in history] == [
        (NOON - 60, {"alice": 8}),
        (NOON, {"bob": 4}),
    ]


def test_another_snapshot_of_the_same_moment_replaces_what_stands(store: Store) -> None:
    save(store, snapshot(job(7)))
    assert save(store, snapshot(job(7, status="E"), nodes=())) == Saved(1, 0)
    assert job_ids(store, state="E") == ["7"]
    assert ask(store, all_nodes) == []
    assert [row["jobs_by_state"] for row in ask(store, history_since, NOON, 9)] == [{"E": 1}]


def test_snapshots_that_follow_each_other_leave_exactly_the_newest(store: Store) -> None:
    chance = random.Random(11)
    for minute in range(6):
        jobs = [
            job(n, chance.choice(["alice", "bob"]), chance.choice("RQ"), nodes=(f"n{chance.randrange(9)}",))
            for n in chance.sample(range(30), 12)
        ]
        nodes = tuple(node(f"n{n}", chance.choice(["free", "down"])) for n in chance.sample(range(9), 5))
        save(store, snapshot(*jobs, time=NOON + 60 * minute, nodes=nodes))
        rows = ask(store, jobs_page, JobFilter(), EVERYTHING).rows
        stand = [Job(**{**row, "nodes": tuple(row["nodes"])}) for row in rows]
        assert stand == sorted(jobs, key=lambda one: one.job_number)
        assert [row["name"] for row in ask(store, all_nodes)] == [one.name for one in nodes]


def test_a_cluster_has_the_name_of_its_source_whatever_a_record_says(store: Store) -> None:
    save(store, replace(snapshot(job(7)), cluster="cluster-b"), replace(ended(6), cluster="cluster-b"))
    with store.reading() as connection:
        assert [cluster.name for cluster in all_clusters(connection)] == ["cluster-a"]


def test_clusters_know_nothing_of_each_other(store: Store) -> None:
    save(store, snapshot(job(7)), ended(6))
    save(store, snapshot(job(7, "bob")), source="cluster-b")
    save(store, snapshot(time=NOON + 60, nodes=()), source="cluster-b")
    assert job_ids(store) == ["7"]
    assert ask(store, jobs_page, JobFilter(), EVERYTHING, name="cluster-b").rows == []
    assert ask(store, finished_page, FinishedFilter(), EVERYTHING, name="cluster-b").total == 0


def test_jobs_are_found_by_user_state_queue_and_a_part_of_their_name_page_by_page(store: Store) -> None:
    jobs = [job(n, "alice" if n % 2 else "bob", "R" if n % 3 else "Q") for n in range(1, 10)]
    jobs[4] = replace(jobs[4], name="100%_Sure", queue="long")
    members = [replace(job(10), job_id=f"10[{n}]") for n in (1, 10, 2)]
    save(store, snapshot(*jobs, *members))
    assert job_ids(store, user="bob", state="R") == ["2", "4", "8"]
    assert job_ids(store, queue="long") == job_ids(store, name="0%_s") == ["5"]
    assert job_ids(store, name="0%s") == job_ids(store, user="nobody") == []
    # In one order on both engines.
    assert job_ids(store)[-3:] == ["10[10]", "10[1]", "10[2]"]
    for wanted, total in ((JobFilter(), 12), (JobFilter(user="bob"), 4), (JobFilter(name="nothing"), 0)):
        for window in (Window(3), Window(3, 2), Window(3, 11), Window(3, 99)):
            page = ask(store, jobs_page, wanted, window)
            assert page.total == total, (wanted, window)
            assert len(page.rows) == max(0, min(3, total - window.offset))


def test_free_nodes_are_those_that_are_free_and_nothing_besides(store: Store) -> None:
    states = ("free", "idle", "idle+drain", "idle~", "down", "job-exclusive", "mixed", "down,offline")
    save(store, snapshot(nodes=tuple(node(f"n{n}", state, 9) for n, state in enumerate(states))))
    assert [row["name"] for row in ask(store, free_nodes)] == ["n0", "n1"]
    with store.reading() as connection:
        totals = all_clusters(connection)[0].totals
    # Of a node on which more runs than it has, none are free.
    assert (totals["procs_free"], totals["procs_free_not_counting_used_slots"]) == (16, 0)


def test_a_long_history_is_told_in_so_many_points_its_newest_among_them(store: Store) -> None:
    save(store, *(snapshot(job(7, processors=n), time=NOON + 60 * n) for n in range(50)))
    everything = ask(store, history_since, NOON, 50)
    assert [row["time"] for row in everything] == [NOON + 60 * n for n in range(50)]
    few = ask(store, history_since, NOON, 7)
    assert len(few) <= 7
    assert few[-1] == everything[-1]
    assert [row["time"] for row in ask(store, history_since, NOON + 2900, 7)] == [NOON + 60 * 49]


def test_a_finished_job_is_kept_once_and_as_it_was_told_last(store: Store) -> None:
    assert save(store, ended(1), ended(2, "bob"), ended(1, exit_code="0")) == Saved(2, 1)
    assert save(store, ended(1, exit_code="0"), ended(2, "bob")) == Saved(0, 2)
    assert save(store, ended(2, "bob", gpus=0, at=NOON + DAY)) == Saved(1, 0)
    # Numbers begin anew some day.
    assert save(store, ended(1, at=NOON + 2 * DAY, submitted=NOON + DAY)) == Saved(1, 0)
    rows = ask(store, finished_page, FinishedFilter(), EVERYTHING).rows
    assert [(row["job_id"], row["ended"], row["exit_code"], row["gpu_hours"]) for row in rows] == [
        ("1", NOON + 2 * DAY, None, 1.0),
        ("2", NOON + DAY, None, 0.0),
        ("1", NOON, "0", 1.0),
    ]
    assert ask(store, sums_of_finished, FinishedFilter()) == [
        {"user": "alice", "jobs": 2, "cpu_hours": 4.0, "gpu_hours": 2.0},
        {"user": "bob", "jobs": 1, "cpu_hours": 2.0, "gpu_hours": 0.0},
    ]
    with store.reading() as connection:
        assert 0 not in connection.execute(select(finished_sums.c.jobs)).scalars().all()


def test_sums_of_any_range_are_those_of_the_jobs_in_it(store: Store) -> None:
    chance = random.Random(5)
    jobs = [ended(n, chance.choice(["alice", "bob"]), NOON + chance.randrange(6 * DAY)) for n in range(80)]
    save(store, *jobs)
    for _ in range(40):
        start, end = (
            chance.choice([None, NOON + chance.randrange(6 * DAY), NOON // DAY * DAY]) for _ in "ab"
        )
        within = [
            one
            for one in jobs
            if one.ended is not None and (start or 0) <= one.ended < (end or NOON + 9 * DAY)
        ]
        wanted = FinishedFilter(start, end)
        assert ask(store, finished_page, wanted, Window(1)).total == len(within)
        sums = ask(store, sums_of_finished, wanted)
        assert {row["user"]: row["jobs"] for row in sums} == {
            user: sum(1 for one in within if one.user == user)
            for user in sorted({one.user for one in within})
        }
    only = ask(store, sums_of_finished, FinishedFilter(user="bob"))
    assert [row["user"] for row in only] == ["bob"]


def test_a_job_that_does_not_say_when_it_ended_counts_when_it_must_have(store: Store) -> None:
    save(store, ended(1, at=None, started=NOON), ended(2, at=None), ended(3, at=None, submitted=None))
    rows = ask(store, finished_page, FinishedFilter(), EVERYTHING).rows
    assert [(row["job_id"], row["submitted"]) for row in rows] == [
        ("1", NOON - DAY),
        ("2", NOON - DAY),
        ("3", None),
    ]
    only = ask(store, finished_page, FinishedFilter(start=NOON, end=NOON + 1801, state="F"), EVERYTHING)
    assert [row["job_id"] for row in only.rows] == ["1"]
    assert ask(store, finished_page, FinishedFilter(queue="long"), EVERYTHING).rows == []


def test_a_cluster_of_which_only_ended_jobs_are_known_has_no_snapshot(store: Store) -> None:
    save(store, ended(1))
    with store.reading() as connection:
        assert all_clusters(connection) == [Cluster(1, "cluster-a", None, {})]
    assert ask(store, history_since, 0, 9) == []
    assert ask(store, sums_per_user) == {}


def test_nothing_saves_nothing(store: Store) -> None:
    assert save(store) == Saved(0, 0)
    with store.reading() as connection:
        assert all_clusters(connection) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (snapshot(replace(job(7), user="../etc")), "no user"),
        (snapshot(replace(job(7), name="a\0b")), "no text"),
        (snapshot(replace(job(7), name="a" * 2000)), "longer"),
        (snapshot(replace(job(7), queue="a\nb")), "control"),
        (snapshot(replace(job(7), job_id="")), "empty"),
        (snapshot(job(7, processors=-1)), "processors is -1"),
        (snapshot(replace(job(7), priority=float("nan"))), "priority"),
        (snapshot(job(7, started=2**62)), "started"),
        (snapshot(job(7), job(7)), "the job 7 is there twice"),
        (snapshot(nodes=(node("n"), node("n"))), "the node n is there twice"),
        (snapshot(nodes=(replace(node("n"), load=float("inf")),)), "load"),
        (snapshot(nodes=(replace(node("n"), n_procs=10**9),)), "n_procs"),
        (snapshot(time=-1), "time"),
        (replace(snapshot(), groups=(("alice", "a"), ("alice", "b"))), "twice"),
    ],
)
def test_what_no_batch_system_shows_is_refused_by_name(wrong: ClusterSnapshot, message: str) -> None:
    check_snapshot(snapshot(job(7), job(8)))
    with pytest.raises(ValueError, match=message):
        check_snapshot(wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"elapsed_seconds": 10**11}, {"processors": -4}, {"user": ""}, {"state": "x" * 300}, {"ended": -1}],
)
def test_no_finished_job_is_absurd(wrong: dict[str, Any]) -> None:
    check_finished_job(ended(1))
    with pytest.raises(ValueError, match=next(iter(wrong)).replace("user", "no user")):
        check_finished_job(replace(ended(1), **wrong))
