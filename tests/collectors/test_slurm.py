"""Reading a Slurm cluster: what is asked, and what becomes of the answers. A real one: tests/slurm."""

import time
from pathlib import Path
from typing import Any

import pytest

from collectors.cluster_commands import HalfACluster, NoReport
from collectors.collector import Collector
from collectors.command import CommandFailed
from collectors.one_pass import run_pass
from collectors.reading import Context, Pass, Reading
from collectors.slurm import COLLECTOR, NoAccounting
from collectors.slurm_commands import squeue
from collectors.store_sink import StoreSink
from tests.collectors.slurm_here import SACCT_HEADER, SAMPLES, StandIns, stand_ins
from usage_store.engine import Store
from usermon.collection import FileProgress
from usermon.errors import SettingsError
from usermon.queue_records import ClusterSnapshot, FinishedJob
from usermon.site_file import Source

DAY = 86_400
ENDED = "1|alice|main|COMPLETED|1772000000|1772000100|1772003700|3600|8|cpu=8,gres/gpu=2,mem=64G|64G|1|0:0"


@pytest.fixture
def programs(tmp_path: Path) -> StandIns:
    return stand_ins(tmp_path)


def read(
    source: Source, *, now: float = 2_000_000_000.0, known: dict[str, FileProgress] | None = None
) -> list[Reading]:
    return list(COLLECTOR.read_new(source, Pass(now, known or {})))


def snapshot_of(readings: list[Reading]) -> ClusterSnapshot:
    found = [
        record for reading in readings for record in reading.records if isinstance(record, ClusterSnapshot)
    ]
    assert len(found) == 1
    return found[0]


def finished_of(readings: list[Reading]) -> dict[str, FinishedJob]:
    records = [record for reading in readings for record in reading.records]
    return {record.job_id: record for record in records if isinstance(record, FinishedJob)}


def sacct_until(moment: int) -> dict[str, FileProgress]:
    return {"sacct": FileProgress("sacct", 0, 0, 0, 0, "", moment)}


def test_squeue_and_sinfo_are_one_moment_and_nodes_know_their_jobs(programs: StandIns) -> None:
    snapshot = snapshot_of(read(programs.source()))
    assert (snapshot.cluster, snapshot.time) == ("thicket", 2_000_000_000)
    waiting_or_running = ["33_[3-6%2]", "34", "37", "30", "31", "32", "33_1", "33_2", "38"]
    assert [job.job_id for job in snapshot.jobs] == waiting_or_running
    nodes = {node.name: node for node in snapshot.nodes}
    assert nodes["n1"].job_ids == ("30", "31", "33_1")
    assert nodes["n3"].queues == ("gpu", "main")
    assert nodes["n4"].job_ids == ()
    gpus = {name: sum(job.gpus for job in snapshot.jobs if job.nodes == (name,)) for name in nodes}
    assert gpus["n3"] == 3
    assert [node.gpus_used for node in snapshot.nodes] == [2, 3, 4, 0]


def test_each_command_is_asked_once_for_epoch_times_and_an_unguessable_separator(programs: StandIns) -> None:
    read(programs.source())
    read(programs.source())
    for program in ("squeue", "sinfo"):
        assert len(programs.calls(program)) == 2
        assert all(call.startswith("%s --all") for call in programs.calls(program))
    assert len(set(programs.calls("squeue"))) == 2
    assert squeue(None, with_finished=False)[:3] == ("env", "SLURM_TIME_FORMAT=%s", "squeue")


def test_accounts_are_asked_for_the_last_day_first_and_then_since_the_last_time(programs: StandIns) -> None:
    programs.prints("sacct", f"{SACCT_HEADER}\n{ENDED}\n")
    now = 2_000_000_000
    first = read(programs.source(), now=now)
    job = finished_of(first)["1"]
    assert (job.user, job.gpus, job.elapsed_seconds, job.exit_code) == ("alice", 2, 3600, "0:0")
    progress = first[-1].progress
    assert progress is not None
    assert progress.last_time == now
    read(programs.source(), now=now + 600, known={"sacct": progress})
    asked = [call.split("--starttime=")[1] for call in programs.calls("sacct")]
    assert asked == [f"now-{DAY + 900}seconds --endtime=now", "now-1500seconds --endtime=now"]


def test_accounts_are_not_asked_again_within_five_minutes(programs: StandIns) -> None:
    read(programs.source(), known=sacct_until(2_000_000_000 - 299))
    assert not programs.calls("sacct")


def test_who_was_away_for_long_catches_up_a_day_at_a_time(programs: StandIns) -> None:
    now = 2_000_000_000
    readings = read(programs.source(), now=now, known=sacct_until(now - 10 * DAY))
    assert readings[-1].progress is not None
    assert readings[-1].progress.last_time == now - 9 * DAY
    assert f"now-{10 * DAY + 900}seconds --endtime=now-{9 * DAY}seconds" in programs.calls("sacct")[0]


def test_a_clock_that_was_set_back_asks_for_no_time_to_come(programs: StandIns) -> None:
    read(programs.source(), known=sacct_until(2_000_000_000 + DAY))
    assert not programs.calls("sacct")


def test_without_accounts_the_cluster_is_saved_all_the_same_and_the_way_out_is_told(
    programs: StandIns, sqlite_store: Store
) -> None:
    programs.prints("sacct", "", exit_code=1, complaint="Slurm accounting storage is disabled")
    run = run_pass(StoreSink(sqlite_store), programs.source())
    assert run.taken == 1
    assert run.error is not None
    assert "accounting storage is disabled" in run.error
    assert 'finished_jobs = "squeue"' in (run.remedy or "")
    with pytest.raises(NoAccounting):
        read(programs.source())


def test_where_no_accounts_are_kept_squeue_tells_of_jobs_that_ended(programs: StandIns) -> None:
    readings = read(programs.source(finished_jobs="squeue"))
    assert not programs.calls("sacct")
    assert "--states=all" in programs.calls("squeue")[0]
    finished = finished_of(readings)
    assert set(finished) == {"24", "39", "19_6", "20", "35"}
    assert (finished["24"].state, finished["24"].gpus, finished["24"].elapsed_seconds) == ("CANCELLED", 2, 59)
    assert (finished["35"].state, finished["35"].exit_code) == ("FAILED", "3:0")
    assert (finished["20"].processors, finished["20"].nodes) == (16, 4)


def test_jobs_that_ended_can_be_left_away(programs: StandIns) -> None:
    assert not finished_of(read(programs.source(finished_jobs="none")))
    assert not programs.calls("sacct")
    assert "--states" not in programs.calls("squeue")[0]


def test_json_is_read_where_it_is_asked_for(programs: StandIns) -> None:
    text = snapshot_of(read(programs.source(finished_jobs="none")))
    programs.prints("squeue", (SAMPLES / "22.05--squeue-json.txt").read_text())
    programs.prints("sinfo", (SAMPLES / "22.05--sinfo-json.txt").read_text())
    commands = [f"{programs.folder}/squeue --json", f"{programs.folder}/sinfo --json"]
    dump = snapshot_of(read(programs.source(commands=commands, finished_jobs="none")))
    assert programs.calls("squeue")[-1].strip() == "--json"
    known = {job.job_id: job for job in text.jobs}
    assert dump.jobs
    assert all(job == known[job.job_id] for job in dump.jobs)
    assert [node.gpus_used for node in dump.nodes] == [node.gpus_used for node in text.nodes]


@pytest.mark.parametrize("program", ["squeue", "sinfo"])
def test_when_half_of_the_cluster_does_not_answer_there_is_no_snapshot(
    program: str, programs: StandIns
) -> None:
    programs.prints(
        program, "", exit_code=1, complaint="slurm_load_jobs error: Unable to contact slurm controller"
    )
    with pytest.raises(CommandFailed, match="Unable to contact slurm controller"):
        read(programs.source())


@pytest.mark.parametrize(
    "text", ["", "\n", "Welcome to the cluster\n", '{"errors": [{"error": "no"}], "jobs": []}']
)
def test_an_answer_that_is_none_is_no_empty_cluster(text: str, programs: StandIns) -> None:
    programs.prints("squeue", text)
    with pytest.raises(NoReport, match="cannot be read"):
        read(programs.source())


def test_a_cluster_without_jobs_is_one(programs: StandIns) -> None:
    programs.prints("squeue", (SAMPLES / "header-only.txt").read_text())
    snapshot = snapshot_of(read(programs.source()))
    assert (snapshot.jobs, len(snapshot.nodes)) == ((), 4)


def test_lines_that_were_refused_stand_under_the_same_name_each_time(
    programs: StandIns, sqlite_store: Store
) -> None:
    programs.prints("squeue", (SAMPLES / "names-that-forge.txt").read_text())
    sink = StoreSink(sqlite_store)
    assert run_pass(sink, programs.source()).rejected == 9
    run_pass(sink, programs.source())
    assert set(sink.standing_of(programs.source())) == {"squeue"}
    programs.prints("squeue", (SAMPLES / "header-only.txt").read_text())
    run_pass(sink, programs.source())
    assert not sink.standing_of(programs.source())


@pytest.mark.parametrize(
    "options",
    [{"bin": 7}, {"bin": " "}, {"finished_jobs": "slurmdbd"}, {"commands": "squeue"}, {"commands": []}],
)
def test_a_wrong_setting_is_refused_by_its_name(options: dict[str, Any], programs: StandIns) -> None:
    with pytest.raises(SettingsError, match=rf"thicket\.{next(iter(options))} is"):
        read(programs.source(**options))


def context() -> Context:
    return Context(Source("thicket", "slurm", None, 60, "UTC"), time.time())


def records_of(collector: Collector, *files: str) -> list[Any]:
    from zoneinfo import ZoneInfo

    from collectors.parsers.slurm import parse

    found: list[Any] = []
    for file in files:
        text = (SAMPLES / file).read_text()
        found += parse(text, cluster="thicket", timezone=ZoneInfo("UTC"), now=2e9).records
    return found


def test_dumps_that_a_person_names_together_are_one_snapshot(programs: StandIns) -> None:
    records = COLLECTOR.to_records(records_of(COLLECTOR, "22.05--squeue.txt", "22.05--sinfo.txt"), context())
    assert sum(isinstance(record, ClusterSnapshot) for record in records) == 1
    assert sum(isinstance(record, FinishedJob) for record in records) == 5


def test_jobs_without_nodes_are_no_snapshot_and_accounts_alone_are_none_either() -> None:
    with pytest.raises(HalfACluster):
        COLLECTOR.to_records(records_of(COLLECTOR, "22.05--squeue.txt"), context())
    finished = COLLECTOR.to_records(records_of(COLLECTOR, "sacct.txt"), context())
    # The one that still runs has not ended.
    assert [record.job_id for record in finished] == ["1", "2_3", "3", "9+1"]


def test_jobs_whose_users_are_not_told_can_be_shown_and_not_saved() -> None:
    items = records_of(COLLECTOR, "bare-pairs-of-jobs.txt", "bare-pairs-of-nodes.txt")
    assert [r.text for r in COLLECTOR.unsavable(items, context())] == ["15", "16_3", "18_[1-4]"]
    (snapshot,) = COLLECTOR.to_records(items, context())
    assert not snapshot.jobs
