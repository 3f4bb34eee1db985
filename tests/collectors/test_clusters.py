"""A pass over a cluster: one dump of each command, put together to one snapshot, or none at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from collectors import pbspro, torque
from collectors.cluster_commands import HalfACluster, NoReport, commands_of
from collectors.command import CommandFailed
from collectors.one_pass import run_pass
from collectors.pbs_cluster import records_of
from collectors.reading import Context, Pass
from collectors.store_sink import StoreSink
from tests.factories import source
from usage_store.engine import Store
from usage_store.finished import FinishedFilter, finished_page
from usage_store.paging import Window
from usage_store.queues import all_nodes, find_cluster, sums_per_user
from usermon.errors import SettingsError
from usermon.queue_records import ClusterSnapshot
from usermon.site_file import Source

QSTAT = """Job Id: 7.head
    Job_Owner = alice@head
    job_state = R
    queue = batch
    exec_host = n1/0-3

Job Id: 8.head
    Job_Owner = bob@head
    job_state = Q
    queue = batch

Job Id: 9.head
    Job_Owner = bob@head
    job_state = C
    queue = batch
    exec_host = n1/0-1
    ctime = Mon Mar  2 08:00:00 2026
    resources_used.walltime = 00:30:00
    comp_time = Mon Mar  2 09:00:00 2026

"""
NODES = "n1.example\n     state = free\n     np = 8\n     jobs = 0-3/7.head\n\n"
BLOCKED = "Diagnosing blocked jobs (policylevel SOFT  partition ALL)\n\njob 8   violates  a limit\n"


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    """Files that stand for the commands."""
    for name, text in {
        "qstat": QSTAT,
        "pbsnodes": NODES,
        "diagnose": BLOCKED,
        "group": "lab:x:7:bob\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def cluster_a(dumps: Path, *names: str, **changes: object) -> Source:
    commands = [f"cat '{dumps / name}'" for name in names or ("qstat", "pbsnodes", "diagnose", "group")]
    a = replace(source("cluster-a", collector="torque"), path=None, options={"commands": commands})
    return replace(a, **changes)  # type: ignore[arg-type]


def snapshot_of(read_from: Source) -> ClusterSnapshot:
    readings = list(torque.COLLECTOR.read_new(read_from, Pass(1_772_452_800.0)))
    snapshots = [r for reading in readings for r in reading.records if isinstance(r, ClusterSnapshot)]
    assert len(snapshots) == 1
    return snapshots[0]


def test_all_commands_together_are_one_snapshot_of_now(dumps: Path) -> None:
    snapshot = snapshot_of(cluster_a(dumps))
    assert (snapshot.cluster, snapshot.time) == ("cluster-a", 1_772_452_800)
    assert [(job.job_id, job.error, job.nodes) for job in snapshot.jobs] == [
        ("7", None, ("n1.example",)),
        ("8", "violates a limit", ()),
        ("9", None, ("n1.example",)),
    ]
    assert [node.job_ids for node in snapshot.nodes] == [("7",)]
    assert snapshot.groups == (("alice", None), ("bob", "lab"))


def test_a_cluster_without_jobs_is_a_snapshot_too(dumps: Path) -> None:
    (dumps / "qstat").write_text("")
    assert (snapshot_of(cluster_a(dumps)).jobs, snapshot_of(cluster_a(dumps)).groups) == ((), ())


def test_a_pass_saves_it_all_and_a_failed_one_changes_nothing(dumps: Path, sqlite_store: Store) -> None:
    sink = StoreSink(sqlite_store)
    (dumps / "qstat").write_text(QSTAT + "Job Id: x.head\n    job_state = Q\n\n")
    first = run_pass(sink, cluster_a(dumps))
    assert (first.taken, first.rejected, first.error) == (2, 1, None)
    (dumps / "qstat").write_text("")
    (dumps / "pbsnodes").unlink()
    failed = run_pass(sink, cluster_a(dumps))
    assert failed.error is not None
    assert "`cat` ended with 1" in failed.error
    with sqlite_store.reading() as connection:
        cluster = find_cluster(connection, "cluster-a")
        assert cluster is not None
        assert cluster.totals["jobs"] == 3
        assert sums_per_user(connection, cluster)["procs_per_user_running"] == {"alice": 4}
        assert [node["name"] for node in all_nodes(connection, cluster)] == ["n1.example"]
        finished = finished_page(connection, cluster, FinishedFilter(), Window(9)).rows
        assert [(job["job_id"], job["cpu_hours"]) for job in finished] == [("9", 1.0)]


@pytest.mark.parametrize(
    ("commands", "error", "message"),
    [
        (["no-such-qstat -f", "true"], CommandFailed, "`no-such-qstat` cannot be run"),
        (["sleep 30", "true"], CommandFailed, "did not end within 1 s"),
        (
            ["echo Connection refused", "true"],
            NoReport,
            "`echo Connection refused` prints cannot be read: line 1",
        ),
        (["true", "true"], HalfACluster, "nothing tells the nodes"),
    ],
)
def test_what_cannot_be_read_whole_is_no_snapshot(
    dumps: Path, commands: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        list(
            torque.COLLECTOR.read_new(
                cluster_a(dumps, options={"commands": commands}, timeout_seconds=1), Pass(1.0)
            )
        )


def test_one_odd_group_among_groups_without_members_costs_nothing_else(dumps: Path) -> None:
    (dumps / "group").write_text("wheel:x:10:\nodd:x:11:two words\n")
    assert snapshot_of(cluster_a(dumps)).groups == (("alice", None), ("bob", None))


@pytest.mark.parametrize("wrong", ["qstat", [], [7], [""], ["qstat 'f"]])
def test_commands_that_are_none_are_refused_with_an_example(wrong: object) -> None:
    with pytest.raises(SettingsError) as caught:
        commands_of(replace(source("a"), options={"commands": wrong}), torque.DEFAULT_COMMANDS)
    assert '["qstat -f -1", "pbsnodes", "getent group"]' in (caught.value.remedy or "")


def test_one_command_may_print_it_all(dumps: Path) -> None:
    everything = ("cat", *(str(dumps / name) for name in ("pbsnodes", "diagnose", "qstat", "group")))
    assert snapshot_of(cluster_a(dumps, command=everything)) == snapshot_of(cluster_a(dumps))


def test_pbs_pro_says_itself_which_moment_it_was_as_long_as_that_has_come(shared_queues: Path) -> None:
    a = replace(source("cluster-p", collector="pbspro"), path=None)
    parsed = []
    for name in ("qstat-rebuilt.json", "pbsnodes-rebuilt.json"):
        text = (shared_queues / "pbspro" / name).read_text()
        block = type("Block", (), {"text": text})()
        parsed += [
            one for _, part in pbspro.COLLECTOR.parse_blocks([block], Context(a, 0)) for one in part.records
        ]
    for now, time in ((2e9, 1_354_955_870), (1_300_000_000.5, 1_300_000_000)):
        snapshot, *finished = records_of(parsed, Context(a, now))
        assert isinstance(snapshot, ClusterSnapshot)
        assert (snapshot.time, len(snapshot.jobs), len(snapshot.nodes)) == (time, 89, 44)
        assert len(finished) == 1
