"""The queues pages before any script runs, and the feeds that their scripts read."""

import csv
import io
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import overview
from alerts import troubles
from overview.queue_history import history_columns
from overview.queue_rows import TOP_USERS, cluster_row, cluster_rows, site_totals, state_of
from tests.host_samples import host_info
from tests.overview.conftest import Get
from tests.overview.test_pages import modules_of
from tests.queue_samples import NOON, finished_job, job, snapshot
from usage_store.cluster_counts import counts_of
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.queue_saving import save_queues
from usage_store.queues import Cluster
from usermon.alert_rules import ClusterRule
from usermon.collection import CollectionRun
from usermon.queue_records import ClusterSnapshot, Node
from web_shared.chart_theme import DARK, LIGHT

HOSTILE = "<script>alert('x')</script>"
STYLES = Path(overview.__file__).parent / "static" / "queues.css"


def page(get: Get, path: str) -> str:
    answer = get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def feed(get: Get, path: str) -> dict[str, Any]:
    answer = get(path)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.get_json()
    return content


def row_of(
    taken: ClusterSnapshot, run: CollectionRun | None = None, stale_after: int = 600
) -> dict[str, Any]:
    counts = counts_of(taken)
    return cluster_row(
        Cluster(1, taken.cluster, taken.time, counts.totals), counts.per_user, run, stale_after
    )


def failed(at: float, started: float | None = None) -> CollectionRun:
    begun = at - 1 if started is None else started
    return CollectionRun("cluster-a", "torque", begun, at, 0, 0, 0, "no route to head-a", "Try ssh head-a.")


def test_a_facility_without_clusters_is_told_what_to_write(get: Get) -> None:
    text = page(get, "/queues")
    assert "No cluster is known yet" in text
    assert "usermon-collect once --source cluster-a" in text
    assert "data-jobs" not in text


def test_all_essential_numbers_stand_in_the_page_itself(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
        save_queues(connection, "cluster-b", [snapshot(NOON + 60)])
    text = page(get, "/queues")
    assert re.findall(r'data-total="(\w+)">([^<]+)', text) == [
        *(("clusters", "2"), ("running", "2"), ("procs_used", "8"), ("gpus_used", "2")),
    ]
    assert text.count('data-row="running">1<') == text.count('data-row="waiting">1<') == 2
    assert '<a href="/users/alice">alice</a> <b>4</b>' in text
    assert "<span>free</span> <b>4</b>" in text
    assert "<span>down</span> <b>1</b>" in text
    assert "1 free node<" in text
    assert 'href="/queues/cluster-a"' in page(get, "/queues")
    assert 'href="/api/cluster/cluster-a/nodes?format=csv"' in page(get, "/queues/cluster-a")


def test_an_unreachable_cluster_shows_its_last_state_and_why(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
        note_run(connection, failed(NOON + 3600))
    for path in ("/queues", "/queues/cluster-a"):
        text = page(get, path)
        assert "queue-old" in text
        assert "unreachable" in text
        assert "no route to head-a" in text
        assert "Try ssh head-a." in text
        assert 'data-row="running">1<' in text


def test_a_pass_that_gave_a_snapshot_all_the_same_is_partly_read() -> None:
    assert state_of(row_of(snapshot(), failed(NOON + 20)), NOON + 30) == "partial"
    assert state_of(row_of(snapshot(), failed(NOON + 900)), NOON + 901) == "unreachable"


def test_a_snapshot_that_is_still_to_come_is_not_up_to_date() -> None:
    row = row_of(snapshot(), None)
    assert [state_of(row, NOON - early) for early in (300, 301)] == ["fresh", "ahead"]


def test_a_snapshot_is_old_when_the_rule_of_its_cluster_tells_of_it(sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
        save_queues(connection, "cluster-b", [snapshot()])
        save_queues(connection, "by-agent", [snapshot(NOON + 900 * back) for back in (-2, -1, 0)])
        slow = ClusterRule(name="slow", only=("*-a",), rhythms={"cluster-a": 600})
        rules = (slow, ClusterRule(name="others", but=("*-a",)))
        for row, late in zip(cluster_rows(connection, rules), (2700, 1800, 600), strict=True):
            for now, state in ((NOON + late, "fresh"), (NOON + late + 1, "old")):
                assert state_of(row, now) == state
                told = {trouble.subject for trouble in troubles(connection, rules, now)}
                assert (row["name"] in told) == (state == "old")
        assert [row["stale_after"] for row in cluster_rows(connection, ())] == [2700, 600, 600]


def test_the_many_small_users_are_one_part_and_all_processors_are_told_of() -> None:
    jobs = tuple(replace(job(number, f"user{number}"), processors=20 - number) for number in range(12))
    nodes = (
        Node("n1", "job-exclusive", 1, 200, 162),
        Node("n2", "free", 0, 32, 8),
        Node("n3", "down", None, 16, 0),
    )
    row = row_of(ClusterSnapshot("c", NOON, jobs, nodes))
    assert [part[1:] for part in row["proc_parts"]] == [
        *((f"user{number}", 20 - number) for number in range(TOP_USERS)),
        *(("5 others", 55), ("free", 24), ("rest, on nodes in use", 34), ("out of service", 16)),
    ]
    assert sum(part[2] for part in row["proc_parts"]) == row["procs"]["total"] == 248
    assert [part[0] for part in row["node_parts"]] == ["used", "free", "out"]


def test_eight_users_are_all_named_instead_of_one_other() -> None:
    jobs = tuple(job(number, f"user{number}") for number in range(TOP_USERS + 1))
    row = row_of(ClusterSnapshot("c", NOON, jobs, ()))
    assert len(row["users"]) == TOP_USERS + 1
    assert row["others"]["users"] == 0


def test_jobs_that_hold_more_than_the_nodes_have_leave_nothing_below_zero() -> None:
    jobs = (replace(job(), processors=100, gpus=5),)
    row = row_of(ClusterSnapshot("c", NOON, jobs, (Node("n1", "free", 0, 8, 0, gpus=1),)))
    assert row["procs"] == {"total": 100, "used": 100, "free": 0, "idle": 0, "out": 0}
    assert row["gpus"] == {"total": 5, "used": 5}
    assert site_totals([row])["procs_free"] == 0


def test_a_cluster_of_which_only_ended_jobs_are_known_has_a_page(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [finished_job()])
    assert "only ended jobs known" in page(get, "/queues")
    assert "only ended jobs known" in page(get, "/queues/cluster-a")
    assert feed(get, "/queues/history.json?cluster=cluster-a")["lines"] == []


def test_of_a_cluster_that_tells_of_jobs_alone_no_nodes_are_counted(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [ClusterSnapshot("cluster-a", NOON, (job(),), ())])
    for path in ("/queues", "/queues/cluster-a"):
        text = page(get, path)
        assert '<p class="hint" data-row="no-nodes">Nodes are not known' in text
        assert 'data-row="with-nodes" hidden' in text
        assert 'data-row="procs-of"></small>' in text
    assert 'data-total-words="clusters">nodes not known<' in page(get, "/queues")
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-b", [replace(snapshot(), cluster="cluster-b")])
    assert 'data-row="no-nodes" hidden' in page(get, "/queues/cluster-b")
    assert 'data-total-words="clusters">2 nodes, 1 out of service<' in page(get, "/queues")


@pytest.mark.parametrize(("path", "module"), [("/queues", "queues"), ("/queues/cluster-a", "queue_cluster")])
def test_all_modules_are_asked_for_at_once(get: Get, sqlite_store: Store, path: str, module: str) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
    asked = re.findall(r'<link rel="modulepreload" href="[^"]+/([^/"]+)">', page(get, path))
    assert set(asked) == modules_of(f"{module}.js") - {f"{module}.js"}


def test_styles_are_those_of_the_plots() -> None:
    found = re.findall(r"--style-\d: (#[0-9a-f]{6})", STYLES.read_text(encoding="utf-8"))
    light, dark = ([style.colour for style in theme.series] for theme in (LIGHT, DARK))
    assert found == [*light, *dark, *dark]


def test_nothing_from_outside_becomes_html(get: Get, sqlite_store: Store) -> None:
    nodes = (Node(HOSTILE, HOSTILE, None, 8, 0),)
    with sqlite_store.writing() as connection:
        save_queues(connection, HOSTILE, [ClusterSnapshot(HOSTILE, NOON, (job(user="a"),), nodes)])
        note_run(connection, replace(failed(NOON + 999), source=HOSTILE, error=HOSTILE, remedy=HOSTILE))
    text = page(get, "/queues")
    assert HOSTILE not in text
    [address] = re.findall(r'<h3[^>]*><a href="(/queues/[^"]+)"', text)
    assert HOSTILE not in page(get, address)


@pytest.mark.parametrize("path", ["/queues/nowhere", "/queues/a%00b", "/queues/history.json?cluster=nowhere"])
def test_a_cluster_that_is_not_there_is_not_found(get: Get, path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["sort=height", "limit=x", "limit=501", "offset=-1", "name=%00", f"user={'x' * 201}", "limit=٣"]
)
def test_a_question_that_makes_no_sense_is_refused(get: Get, query: str) -> None:
    assert get(f"/queues/jobs.json?{query}").status_code == 400
    assert get("/queues/history.json?cluster=cluster-a&range=1y").status_code == 400


def ids(get: Get, query: str) -> list[str]:
    jobs = feed(get, f"/queues/jobs.json?{query}")
    return [row[jobs["fields"].index("job_id")] for row in jobs["rows"]]


def test_jobs_are_filtered_by_what_a_state_means_as_well_as_by_its_own_letter(
    get: Get, sqlite_store: Store
) -> None:
    slurm = (job(70, status="RUNNING"), job(71, status="PENDING"), job(72, status="TIMEOUT"))
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
        save_queues(connection, "cluster-b", [ClusterSnapshot("cluster-b", NOON, slurm, ())])
    assert ids(get, "state=running&sort=job&order=asc") == ["7", "70"]
    assert ids(get, "state=waiting&sort=job&order=asc") == ["8", "71"]
    assert ids(get, "state=ended") == ["72"]
    assert ids(get, "state=Q") == ["8"]
    assert ids(get, "state=running&user=LIC&cluster=cluster-b&queue=batch&name=relax") == ["70"]
    assert feed(get, "/queues/jobs.json")["states"]["Q"] == ["waiting", "queued"]


def test_all_that_is_filtered_comes_as_csv(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
    answer = get("/queues/jobs.csv?user=bob&limit=1")
    [row] = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert row["name"] == '\'=cmd()<b>"relax"'
    assert (row["cluster"], row["job_id"], row["started"]) == ("cluster-a", "8", "")
    assert row["submitted"] == "2026-03-02T11:00:00Z"
    assert "usermon-jobs.csv" in answer.headers["Content-Disposition"]


def test_a_job_is_told_in_full_with_the_hosts_that_are_known(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
        save_hosts(connection, "hosts", [host_info("n1")])
    told = feed(get, "/queues/job.json?cluster=cluster-a&number=7&job=7")
    assert (told["nodes"], told["hosts"]) == (["n1"], {"n1": "n1"})
    gone = get("/queues/job.json?cluster=cluster-a&number=99&job=99")
    assert gone.status_code == 404
    assert gone.get_json()["remedy"]
    assert get("/queues/job.json?cluster=cluster-a&number=x&job=99").status_code == 400


def test_nodes_free_nodes_and_what_ended_have_feeds(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
    nodes = feed(get, "/queues/nodes.json?cluster=cluster-a")
    kinds = [row[nodes["fields"].index("kind")] for row in nodes["rows"]]
    assert kinds == ["free", "out"]
    assert [node["name"] for node in feed(get, "/queues/free.json?cluster=cluster-a")["nodes"]] == ["n1"]
    assert get("/queues/finished.json?cluster=cluster-a&days=2").status_code == 400
    assert feed(get, "/queues/finished.json?cluster=cluster-a&days=90")["jobs"]["total"] == 0


def test_sums_of_what_ended_name_who_used_most_first(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    jobs = [finished_job(number, now - 60, user) for number, user in enumerate(("bob", "alice", "alice"))]
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", jobs)
    ended = feed(get, "/queues/finished.json?cluster=cluster-a&days=7")
    assert ended["users"] == [["alice", 2, 8.0, 4.0], ["bob", 1, 4.0, 2.0]]
    assert ended["jobs"]["total"] == 3
    mine = feed(get, "/queues/users/alice.json")
    assert mine["now"]["total"] == 0
    assert sum(mine["finished"]["clusters"][0]["gpu_hours"]) == 4.0
    assert len(mine["finished"]["jobs"]["rows"]) == 2


def test_history_names_who_held_most_and_adds_up_the_others() -> None:
    def at(time: int, users: dict[str, int]) -> dict[str, Any]:
        return {
            "time": time,
            "procs": 100,
            "procs_per_user_running": users,
            "gpus_per_user_running": {},
            "jobs_by_state": {"R": len(users), "Q": 3},
        }

    rows = [at(1, {"alice": 5, "bob": 9}), at(2, {"alice": 5, "charlie": 1, "dora": 2})]
    columns = history_columns(rows, "procs", 2)
    assert columns["lines"] == [{"name": "alice", "values": [5, 5]}, {"name": "bob", "values": [9, 0]}]
    assert columns["others"] == {"users": 2, "values": [0, 3]}
    assert columns["whole"] == [100, 100]
    assert [line["values"] for line in history_columns(rows, "jobs", 2)["lines"]] == [[2, 3], [3, 3]]
    assert history_columns(rows, "gpus", 2)["lines"] == []


def test_the_past_of_a_cluster_is_made_anew_only_when_it_was_looked_at_again(
    get: Get, sqlite_store: Store
) -> None:
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot()])
    before = get("/queues/history.json?cluster=cluster-a&range=6h")
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-b", [snapshot()])
    held = {"If-None-Match": before.headers["ETag"]}
    assert get("/queues/history.json?cluster=cluster-a&range=6h", headers=held).status_code == 304
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", [snapshot(NOON + 60)])
    after = get("/queues/history.json?cluster=cluster-a&range=6h", headers=held)
    assert after.get_json()["time"] == [NOON, NOON + 60]
