"""Reading the pipe log of Slurm jobs: what waits or runs, and what ended."""

from pathlib import Path

import pytest

from collectors.one_pass import run_pass
from collectors.reading import Pass, Reading
from collectors.slurm_log import COLLECTOR
from collectors.store_sink import StoreSink
from tests.shared_data import expected_of
from usage_store.engine import Store
from usermon.queue_records import ClusterSnapshot, FinishedJob
from usermon.site_file import Source

SAMPLES = Path(__file__).parent / "samples" / "slurm_log"


def source_of(file: Path) -> Source:
    return Source("gpus", "slurm_log", file, 3600, "UTC")


def read(file: Path) -> list[Reading]:
    return list(COLLECTOR.read_new(source_of(file), Pass(2_000_000_000.0)))


def records_of(readings: list[Reading]) -> tuple[list[ClusterSnapshot], dict[str, FinishedJob]]:
    records = [record for reading in readings for record in reading.records]
    snapshots = [record for record in records if isinstance(record, ClusterSnapshot)]
    return snapshots, {record.job_id: record for record in records if isinstance(record, FinishedJob)}


def test_what_runs_or_waits_is_a_snapshot_at_the_time_of_collection_and_the_rest_has_ended() -> None:
    (snapshot,), finished = records_of(read(SAMPLES / "plain.log"))
    assert (snapshot.cluster, snapshot.time) == ("gpus", 1_772_460_603)
    assert [job.job_id for job in snapshot.jobs] == ["100", "102_[5-40%4]", "102_3"]
    assert set(finished) == {"101", "103"}
    failed = finished["101"]
    assert (failed.user, failed.state, failed.elapsed_seconds) == ("alice", "FAILED", 176_444)
    assert failed.ended == (failed.started or 0) + failed.elapsed_seconds


def test_of_a_log_that_was_added_to_the_newest_collection_is_the_snapshot() -> None:
    (snapshot,), finished = records_of(read(SAMPLES / "two-collections.log"))
    assert [job.job_id for job in snapshot.jobs] == ["2"]
    assert set(finished) == {"1"}


def test_a_log_without_jobs_says_that_there_are_none(tmp_path: Path) -> None:
    log = tmp_path / "slurm.log"
    log.write_text("# Slurm jobs from last 2 hours collected at 2026-03-02 14:10:03\n# Format: JobID|User\n")
    (snapshot,), _ = records_of(read(log))
    assert (snapshot.time, snapshot.jobs) == (1_772_460_603, ())


@pytest.mark.parametrize("text", ["", "# nothing\n", "1|alice|gpu|cut off"])
def test_a_log_without_time_and_job_changes_nothing(text: str, tmp_path: Path) -> None:
    log = tmp_path / "slurm.log"
    log.write_text(text)
    assert records_of(read(log)) == ([], {})


def test_jobs_without_time_of_collection_are_of_the_time_at_which_the_log_was_written(tmp_path: Path) -> None:
    log = tmp_path / "slurm.log"
    log.write_text("1|alice|gpu|8|24000|1|1|gpu04|00:00:34|RUNNING|eval|Unknown\n")
    (snapshot,), _ = records_of(read(log))
    assert snapshot.time == int(log.stat().st_mtime)


def test_a_log_is_saved_once_and_again_when_it_changed(tmp_path: Path, sqlite_store: Store) -> None:
    log = tmp_path / "slurm.log"
    log.write_text((SAMPLES / "plain.log").read_text())
    sink = StoreSink(sqlite_store)
    assert run_pass(sink, source_of(log)).taken == 3
    assert run_pass(sink, source_of(log)).taken == 0
    log.write_text((SAMPLES / "two-collections.log").read_text().replace(" 14:", " 15:"))
    assert run_pass(sink, source_of(log)).taken == 2


def test_the_shared_log_is_saved_with_all_of_its_jobs(shared_slurm: Path, sqlite_store: Store) -> None:
    log = shared_slurm.parent / "slurm-pipe" / "slurm.log"
    expected = expected_of(log.parent)["files"]["slurm.log"]["expected"]
    (snapshot,), finished = records_of(read(log))
    assert len(snapshot.jobs) + len(finished) == expected["jobs"]
    run = run_pass(StoreSink(sqlite_store), source_of(log))
    assert (run.taken, run.rejected, run.error) == (1 + len(finished), 0, None)
