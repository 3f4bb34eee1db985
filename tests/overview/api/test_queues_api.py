"""What the overview answers about clusters."""

import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from collectors import torque
from collectors.pbs_cluster import records_of
from collectors.reading import Context
from tests.factories import run, source
from tests.overview.conftest import Get
from tests.queue_samples import NOON, finished_job, snapshot
from tests.shared_data import expected_of
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.queue_saving import save_queues
from usermon.queue_records import ClusterSnapshot, FinishedJob

PATHS = ("procs", "nodes", "freenodes", "history/24", "jobs", "finished", "finished/users")


@pytest.fixture
def clusters(sqlite_store: Store) -> Store:
    with sqlite_store.writing() as connection:
        records: list[ClusterSnapshot | FinishedJob] = [
            snapshot(NOON - 60),
            snapshot(),
            finished_job(),
            finished_job(5, NOON - 90_000, "bob"),
        ]
        save_queues(connection, "cluster-a", records)
        save_queues(connection, "cluster-b", [finished_job()])
        note_run(connection, run("cluster-a", error="`qstat` did not end"))
    return sqlite_store


def test_every_fact_of_a_real_moment_is_answered(get: Get, sqlite_store: Store, shared_queues: Path) -> None:
    folder = shared_queues / "torque" / "snapshot-a"
    context = Context(source("cluster-a", collector="torque"), 1_354_955_869)
    texts = [type("Block", (), {"text": file.read_text()})() for file in sorted(folder.glob("*.txt"))]
    items = [item for _, one in torque.COLLECTOR.parse_blocks(texts, context) for item in one.records]
    with sqlite_store.writing() as connection:
        save_queues(connection, "cluster-a", records_of(items, context))
    expected = expected_of(folder)
    procs = get("/api/cluster/cluster-a/procs").get_json()
    assert procs["time"] == expected["snapshot_time"].replace(" ", "T").replace("TUTC", "Z")
    for fact in (
        *("jobs_by_state", "jobs_by_user_and_state", "procs_per_user_running", "procs_free"),
        *("procs_free_not_counting_used_slots", "nodes_by_state", "procs_by_node_state"),
    ):
        assert procs[fact] == expected[fact], fact
    assert procs["groups"] == expected["report"]["groups"]
    assert get("/api/cluster/cluster-a/freenodes").get_json() == expected["free_nodes"]
    for part in ("jobs", "nodes"):
        rows = get(f"/api/cluster/cluster-a/{part}").get_json()
        for row, wanted in zip(rows, expected["report"][part], strict=True):
            if wanted.get("load") == 0 and wanted["state"].startswith("down"):
                wanted["load"] = None  # nobody knows the load of a node that does not speak
            assert {name: row[name] for name in wanted} == wanted


def test_clusters_are_listed_with_their_age_and_what_ails_them(
    get: Get, clusters: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: NOON + 90.0)
    a, b = get("/api/clusters").get_json()
    assert (a["cluster"], a["time"], a["age_seconds"]) == ("cluster-a", "2026-03-02T12:00:00Z", 90)
    assert (a["jobs"], a["nodes"], a["procs"], a["gpus"], a["gpus_used"]) == (2, 2, 16, 2, 1)
    assert (a["procs_running"], a["gpus_running"], a["users"]) == (4, 1, 2)
    assert a["last_error"] == "`qstat` did not end"
    assert (b["cluster"], b["time"], b["age_seconds"], b["jobs"], b["last_error"]) == (
        *("cluster-b", None, None, 0),
        None,
    )


def test_an_age_is_told_anew_each_minute_and_costs_nothing_within_it(
    client: FlaskClient, get: Get, clusters: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(now: float, path: str, tag: str = "") -> Any:
        monkeypatch.setattr(time, "time", lambda: now)
        return get(path, headers={"If-None-Match": tag})

    for path in ("/api/clusters", "/api/cluster/cluster-a/procs"):
        tag = ask(NOON, path).headers["ETag"]
        assert ask(NOON + 59.0, path, tag).status_code == 304
        assert ask(NOON + 60.0, path, tag).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_cluster_that_nobody_knows_is_told_as_such(get: Get, clusters: Store, path: str) -> None:
    for name in ("cluster-z", "%00", "1"):
        answer = get(f"/api/cluster/{name}/{path}")
        assert answer.status_code == 404
        assert answer.get_json()["remedy"] == "GET /api/clusters lists all clusters."
    assert get(f"/api/cluster/cluster-b/{path}").status_code == 200


@pytest.mark.parametrize("path", PATHS[1:])
def test_lists_come_as_csv_with_their_fields_as_columns_and_no_formulas(
    get: Get, clusters: Store, path: str
) -> None:
    answer = get(f"/api/cluster/cluster-a/{path}?format=csv")
    header, *rows = answer.get_data(as_text=True).splitlines()
    fields = get(f"/api/cluster/cluster-a/{path}").get_json()[0].keys()
    assert set(header.split(",")) == set(fields)
    assert len(rows) == int(answer.headers["X-Total-Count"])
    assert not any(cell.startswith("=") for row in rows for cell in row.split(","))


def test_jobs_are_filtered_and_paged(get: Get, clusters: Store) -> None:
    answer = get("/api/cluster/cluster-a/jobs?limit=1")
    assert answer.headers["X-Total-Count"] == "2"
    assert "offset=1" in answer.headers["Link"]
    (first,) = answer.get_json()
    assert (first["job_id"], first["priority"], first["nodes"]) == ("7", 0.5, ["n1"])
    assert first["started"] == "2026-03-02T11:59:00Z"
    for query, found in {
        "user=bob": ["8"],
        "state=R": ["7"],
        "queue=batch&name=RELAX": ["7", "8"],
        "name=x&state=Q&user=alice": [],
    }.items():
        rows = get(f"/api/cluster/cluster-a/jobs?{query}").get_json()
        assert [row["job_id"] for row in rows] == found, query
    for wrong in ("limit=0", "user=", f"name={'x' * 300}", "state=%00"):
        assert get(f"/api/cluster/cluster-a/jobs?{wrong}").status_code == 422, wrong


def test_history_ends_with_the_newest_snapshot(get: Get, clusters: Store) -> None:
    rows = get("/api/cluster/cluster-a/history/1").get_json()
    assert [row["time"] for row in rows] == ["2026-03-02T11:59:00Z", "2026-03-02T12:00:00Z"]
    assert rows[1]["procs_per_user_running"] == {"alice": 4}
    assert rows[1]["nodes_by_state"] == {"free": 1, "down": 1}
    assert len(get("/api/cluster/cluster-a/history/0").get_json()) == 1
    assert len(get("/api/cluster/cluster-a/history/999999999999999999999?points=1").get_json()) == 1
    assert get("/api/cluster/cluster-a/history/1?points=0").status_code == 422


def test_finished_jobs_have_their_hours_and_sums_within_a_range(get: Get, clusters: Store) -> None:
    rows = get("/api/cluster/cluster-a/finished").get_json()
    assert [(row["job_id"], row["ended"], row["cpu_hours"], row["gpu_hours"]) for row in rows] == [
        ("6", "2026-03-02T12:00:00Z", 4.0, 2.0),
        ("5", "2026-03-01T11:00:00Z", 4.0, 2.0),
    ]
    assert get("/api/cluster/cluster-a/finished?from=2026-03-02&user=alice").headers["X-Total-Count"] == "1"
    sums = get("/api/cluster/cluster-a/finished/users?to=2026-03-02").get_json()
    assert sums == [{"user": "bob", "jobs": 1, "cpu_hours": 4.0, "gpu_hours": 2.0}]


def test_nobody_reads_without_signing_in(client: FlaskClient, clusters: Store) -> None:
    for path in ("/api/clusters", *(f"/api/cluster/cluster-a/{path}" for path in PATHS)):
        assert client.get(path).status_code == 401
