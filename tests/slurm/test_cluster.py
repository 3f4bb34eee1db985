"""A real Slurm: jobs of many kinds are submitted, collected by the program as an admin runs it, and compared
with what scontrol says of them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.slurm.cluster import Cluster, running_cluster
from usage_store.engine import Store, open_store
from usage_store.paging import Window
from usage_store.queues import JobFilter, all_nodes, find_cluster, jobs_page, sums_per_user
from usage_store.schema_queues import finished_jobs

pytestmark = pytest.mark.slurm

# Another job's line, if newlines and bars parted anything.
FORGING_NAME = "x\n999|999|999|root|main|RUNNING|64|1|64|9|None|n2|1|2|3|5:00|cpu=64|N/A|N/A|N/A|0|forged|"
SITE = """\
timezone = "UTC"
[[source]]
name = "thicket"
collector = "slurm"
finished_jobs = "squeue"
timeout = "5s"
[[source]]
name = "thicket-json"
collector = "slurm"
commands = ["squeue --json", "sinfo --Node --json"]
finished_jobs = "none"
[[source]]
name = "thicket-accounts"
collector = "slurm"
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def jobs(cluster: Cluster) -> dict[str, str]:
    """Numbers of jobs that run, wait and have ended, by what they are."""
    ended = {
        "failed": cluster.submit("exit 3"),
        "done": cluster.submit("true", "--partition=gpu", "--gres=gpu:1"),
    }
    cluster.wait_until(lambda: len(_in_state(cluster, "COMPLETED,FAILED")) == 2, "two jobs that end")
    submitted = {
        **ended,
        "forging": cluster.submit("sleep 300", "--ntasks=2", name=FORGING_NAME),
        "per_node": cluster.submit("sleep 300", "--nodes=2", "--gres=gpu:a100:2"),
        "in_all": cluster.submit("sleep 300", "--gpus=3", name='<b>"quoted"</b>'),
        "per_task": cluster.submit("sleep 300", "--ntasks=2", "--gpus-per-task=1"),
        "array": cluster.submit("sleep 300", "--array=1-6%2"),
        "held": cluster.submit("true", "--hold", "--gpus=2"),
        "too_large": cluster.submit("true", "--nodes=4", "--exclusive"),
    }
    cluster.wait_until(lambda: len(_in_state(cluster, "RUNNING")) == 6, "six jobs that run")
    cancelled = cluster.submit("sleep 300", "--hold")
    cluster.run("scancel", cancelled)
    return {**submitted, "cancelled": cancelled}


class Site:
    """A usermon.toml with its state folder, collected as an admin does it."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder = folder
        self._cluster = cluster
        (folder / "usermon.toml").write_text(SITE)

    def collect(self, source: str) -> dict[str, Any]:
        """The run, as `once --json` tells it."""
        command = [sys.executable, "-m", "collectors", "once", "--json", "--source", source]
        environment = {
            **self._cluster.environment,
            "USERMON_CONFIG": f"{self.folder}/usermon.toml",
            "USERMON_STATE_DIR": f"{self.folder}/state",
            "USERMON_STORE_URL": f"sqlite:///{self.folder}/usermon.db",
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        run: dict[str, Any] = json.loads(done.stdout)["runs"][0]
        return run

    def store(self) -> Store:
        return open_store(f"sqlite:///{self.folder}/usermon.db")


@pytest.fixture(scope="module")
def site(cluster: Cluster, jobs: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Both ways of reading have been gone once, while jobs ran, waited and had ended."""
    site = Site(tmp_path_factory.mktemp("site"), cluster)
    for source in ("thicket", "thicket-json"):
        run = site.collect(source)
        assert (run["error"], run["rejected"]) == (None, 0)
    return site


def test_every_job_is_in_the_store_as_scontrol_tells_it(cluster: Cluster, site: Site) -> None:
    jobs, _ = collected(site, "thicket")
    told = [job for job in told_by_scontrol(cluster, "jobs") if job["JobState"] in ("RUNNING", "PENDING")]
    assert {job["JobId"] for job in told} == set(jobs)
    for job in told:
        stored = jobs[job["JobId"]]
        assert stored["status"] == job["JobState"]
        assert stored["user"] == job["UserId"].partition("(")[0]
        assert stored["queue"] == job["Partition"]
        assert stored["processors"] == int(job["NumCPUs"])
        assert stored["n_nodes"] == int(job["NumNodes"].partition("-")[0])
        assert stored["priority"] == int(job["Priority"])
        assert stored["submitted"] == epoch(cluster, job["SubmitTime"])
        if job["JobState"] == "RUNNING":
            assert stored["nodes"] == cluster.run("scontrol", "show", "hostnames", job["NodeList"]).split()
            assert stored["started"] == epoch(cluster, job["StartTime"])
        else:
            assert (stored["nodes"], stored["started"], stored["error"]) == ([], None, job["Reason"])


def test_a_name_that_would_forge_a_line_is_a_name(site: Site, jobs: dict[str, str]) -> None:
    stored, _ = collected(site, "thicket")
    assert stored[jobs["forging"]]["name"] == FORGING_NAME
    assert stored[jobs["in_all"]]["name"] == '<b>"quoted"</b>'
    assert "999" not in stored


def test_members_of_an_array_and_those_that_wait_have_the_ids_that_squeue_prints(
    cluster: Cluster, site: Site, jobs: dict[str, str]
) -> None:
    stored, _ = collected(site, "thicket")
    array = jobs["array"]
    ids = {job["job_id"] for job in stored.values() if job["job_id"].startswith(f"{array}_")}
    assert ids == {f"{array}_1", f"{array}_2", f"{array}_[3-6%2]"}


def test_gpus_are_counted_however_they_were_asked_for(site: Site, jobs: dict[str, str]) -> None:
    stored, _ = collected(site, "thicket")
    gpus = {what: stored[number]["gpus"] for what, number in jobs.items() if number in stored}
    asked = {"per_node": 4, "in_all": 3, "per_task": 2, "held": 2}
    assert gpus == {"forging": 0, "array": 0, "too_large": 0, **asked}


def test_every_node_is_in_the_store_once_as_scontrol_tells_it(cluster: Cluster, site: Site) -> None:
    jobs, nodes = collected(site, "thicket")
    told = told_by_scontrol(cluster, "nodes")
    assert {node["NodeName"] for node in told} == set(nodes)
    for node in told:
        stored = nodes[node["NodeName"]]
        assert stored["state"] == node["State"].lower()
        assert (stored["n_running"], stored["n_procs"]) == (int(node["CPUAlloc"]), int(node["CPUTot"]))
        assert stored["memory_bytes"] == int(node["RealMemory"]) << 20
        assert sorted(stored["queues"]) == sorted(node["Partitions"].split(","))
        assert stored["gpus"] == 4
        assert stored["gpus_used"] == int(node["GresUsed"].split(":")[2].partition("(")[0])
        on_it = [job["job_id"] for job in jobs.values() if node["NodeName"] in job["nodes"]]
        assert sorted(stored["job_ids"]) == sorted(on_it)
    assert sum(node["gpus_used"] for node in nodes.values()) == 9


def test_json_tells_the_same_as_text(site: Site) -> None:
    assert collected(site, "thicket-json")[0] == collected(site, "thicket")[0]
    nodes, of_json = collected(site, "thicket")[1], collected(site, "thicket-json")[1]
    for name, node in nodes.items():
        assert {**node, "load": None} == {**of_json[name], "load": None}  # measured from time to time


def test_sums_per_user_are_those_of_running_jobs(cluster: Cluster, site: Site) -> None:
    store = site.store()
    with store.reading() as connection:
        found = find_cluster(connection, "thicket")
        assert found is not None
        sums = sums_per_user(connection, found)
    store.close()
    running = [job for job in told_by_scontrol(cluster, "jobs") if job["JobState"] == "RUNNING"]
    user = running[0]["UserId"].partition("(")[0]
    assert sums["procs_per_user_running"] == {user: sum(int(job["NumCPUs"]) for job in running)}
    assert sums["gpus_per_user_running"] == {user: 9}


def test_jobs_that_ended_are_kept_with_how_they_ended(
    cluster: Cluster, site: Site, jobs: dict[str, str]
) -> None:
    store = site.store()
    with store.reading() as connection:
        rows = connection.execute(select(finished_jobs)).mappings().all()
    store.close()
    stored = {row["job_id"]: row for row in rows}
    told = {job["JobId"]: job for job in told_by_scontrol(cluster, "jobs")}
    assert set(stored) == {jobs["failed"], jobs["done"], jobs["cancelled"]}
    for number, row in stored.items():
        assert row["state"] == told[number]["JobState"]
        assert row["exit_code"] == told[number]["ExitCode"]
        assert row["ended"] == epoch(cluster, told[number]["EndTime"])
    assert stored[jobs["failed"]]["exit_code"] == "3:0"
    assert stored[jobs["done"]]["gpus"] == 1


def test_a_second_collection_of_the_same_jobs_counts_none_of_them_twice(site: Site) -> None:
    run = site.collect("thicket")
    assert (run["taken"], run["known"]) == (1, 3)


def test_a_node_that_is_drained_is_free_no_longer(cluster: Cluster, site: Site) -> None:
    cluster.run("scontrol", "update", "NodeName=n4", "State=DRAIN", "Reason=noise | dust")
    try:
        site.collect("thicket")
        _, nodes = collected(site, "thicket")
        told = {node["NodeName"]: node["State"] for node in told_by_scontrol(cluster, "nodes")}
        assert "drain" in nodes["n4"]["state"].split("+")
        assert nodes["n4"]["state"] == told["n4"].lower()
    finally:
        cluster.run("scontrol", "update", "NodeName=n4", "State=RESUME")


def test_a_controller_that_hangs_ends_the_pass_and_leaves_what_was_known(
    cluster: Cluster, site: Site
) -> None:
    before = collected(site, "thicket")
    with cluster.frozen():
        run = site.collect("thicket")
    assert "did not end within 5 s" in run["error"]
    assert run["taken"] == 0
    assert collected(site, "thicket") == before


def test_a_cluster_without_accounts_is_collected_and_the_missing_is_told(site: Site) -> None:
    run = site.collect("thicket-accounts")
    assert "accounting storage is disabled" in run["error"]
    assert 'finished_jobs = "squeue"' in run["remedy"]
    assert collected(site, "thicket-accounts")[0].keys() == collected(site, "thicket")[0].keys()


def _in_state(cluster: Cluster, states: str) -> list[str]:
    return cluster.run("squeue", "--noheader", f"--states={states}", "--format=%i").split()


def told_by_scontrol(cluster: Cluster, what: str) -> list[dict[str, str]]:
    """`scontrol show jobs` or `nodes`, each as its key=value words."""
    text = cluster.run("scontrol", "--details", "show", what)
    return [dict(re.findall(r"(\w+)=(\S*)", part)) for part in re.split(r"\n(?=JobId=|NodeName=)", text)]


def collected(site: Site, source: str) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Jobs by number and nodes by name, as the store has them."""
    store = site.store()
    with store.reading() as connection:
        found = find_cluster(connection, source)
        assert found is not None
        page = jobs_page(connection, found, JobFilter(), Window(1000, 0))
        nodes = all_nodes(connection, found)
    store.close()
    return {str(job["job_number"]): dict(job) for job in page.rows}, {node["name"]: node for node in nodes}


def epoch(cluster: Cluster, time: str) -> int:
    """Slurm prints times as this machine's clock shows them."""
    return int(datetime.fromisoformat(time).astimezone().timestamp())
