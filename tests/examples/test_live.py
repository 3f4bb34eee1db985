"""The example facility as time goes by: each file told on from what stands in it, by one process alone."""

import os
import re
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import examples
from collectors.one_pass import run_pass
from collectors.store_sink import StoreSink
from examples import live
from examples.generate import generate
from examples.going_on import go_on
from usage_store.engine import Store
from usermon.site_file import read_site_file

MADE = datetime(2026, 11, 5, 9, 42, tzinfo=UTC)
LATER = MADE.replace(hour=11, minute=5, second=4)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    generate(tmp_path / "data", MADE)
    return tmp_path / "data"


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def states(data: Path) -> Counter[str]:
    jobs = [line for line in lines(data / "slurm" / "jobs.log") if not line.startswith("#")]
    assert len({job.partition("|")[0] for job in jobs}) == len(jobs)
    return Counter(job.split("|", 10)[9] for job in jobs)


def test_hosts_are_measured_each_minute_but_the_silent_one(data: Path) -> None:
    usage = data / "hosts" / "host_usage.csv"
    before = usage.read_text()
    go_on(data, LATER)
    assert usage.read_text().startswith(before)
    added = usage.read_text()[len(before) :].splitlines()
    assert Counter(line.split(",")[1] for line in added) == {"1": 95, "2": 95, "3": 95}
    assert (added[0][:19], added[-1][:19]) == ("2026-11-05 10:31:03", "2026-11-05 12:05:03")


def test_hosts_of_an_older_example_go_on_as_they_are(data: Path) -> None:
    usage = data / "hosts" / "host_usage.csv"
    usage.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in usage.read_text().splitlines()))
    go_on(data, LATER)
    assert {line.count(",") for line in lines(usage)} == {6}


def test_minutes_one_by_one_are_those_of_all_at_once(data: Path, tmp_path: Path) -> None:
    generate(tmp_path / "other", MADE)
    for minute in range(1, 6):
        go_on(data, MADE + timedelta(minutes=minute))
    go_on(tmp_path / "other", MADE + timedelta(minutes=5))
    for name in ("hosts/host_usage.csv", "local/alice.csv", "io/reads.log"):
        assert (data / name).read_text() == (tmp_path / "other" / name).read_text()


def test_jobs_end_and_others_start_while_their_number_stays(data: Path) -> None:
    before = states(data)
    for minute in range(1, 61):
        go_on(data, MADE + timedelta(minutes=minute))
    after = states(data)
    assert before["RUNNING"] == 28
    assert 24 <= after["RUNNING"] <= 28
    assert 8 <= after["PENDING"] <= 12
    assert sum(after.values()) > sum(before.values()) + 5
    assert lines(data / "slurm" / "jobs.log")[0].endswith("collected at 2026-11-05 11:42:00")


def test_storage_goes_on_by_half_hours_and_io_by_hours(data: Path) -> None:
    go_on(data, LATER)
    assert [line[:16] for line in lines(data / "local" / "alice.csv")[-4:]] == [
        *("2026-11-05 10:30", "2026-11-05 11:00", "2026-11-05 11:30", "2026-11-05 12:00"),
    ]
    assert lines(data / "local" / "jolanta.csv")[-1].startswith("2026-10-25")  # has left
    hours = [line for line in lines(data / "io" / "reads.log") if line.startswith("Log:")]
    assert [line[5:24] for line in hours[-3:]] == [
        *("2026-11-05 10:00:11", "2026-11-05 11:00:11", "2026-11-05 12:00:11"),
    ]


def test_a_night_brings_new_tarballs_and_takes_the_oldest_but_of_the_silent_node(data: Path) -> None:
    north, south = (data / "backups" / f"vault--{node}.txt" for node in ("north", "south"))
    before, of_south = set(lines(north)), south.read_text()
    go_on(data, LATER)
    assert set(lines(north)) == before
    go_on(data, LATER + timedelta(days=1))
    after = set(lines(north))
    assert {re.sub(r"^\d+\t", "", line) for line in after - before} == {
        f"/srv/backup/vault/{item}/2026/11/06/030002/{item.rpartition('/')[2]}.tar.gz"
        for item in ("svn/methods", "wiki/lab", "tracker/microscopes", "folders/settings")
    }
    assert all("/2026/09/06/" in line for line in before - after)
    assert len(after) == len(before)
    [whole] = [line for line in after - before if "/wiki/" in line]
    assert int(whole.partition("\t")[0]) > 260  # the one that was cut short stays the only one
    assert south.read_text() == of_south


def test_after_weeks_of_rest_a_day_is_made_up_for(data: Path) -> None:
    size = (data / "hosts" / "host_usage.csv").stat().st_size
    go_on(data, MADE + timedelta(days=30))
    assert (data / "hosts" / "host_usage.csv").stat().st_size < 2.1 * size
    assert lines(data / "local" / "alice.csv")[-1].startswith("2026-12-05 10:30")
    assert 0 < states(data)["PENDING"] <= 12


def test_a_clock_that_goes_back_writes_nothing_twice(data: Path) -> None:
    autumn = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
    generate(data, autumn)
    for minutes in range(0, 180, 10):
        go_on(data, autumn + timedelta(minutes=minutes))
    for name in ("local/alice.csv", "hosts/host_usage.csv"):
        written = [line for line in lines(data / name) if line.startswith(("2026-10-25 02", "2026-10-25 03"))]
        assert written
        assert max(Counter(written).values()) == 1


def test_collectors_take_all_of_it(sqlite_store: Store, tmp_path: Path, data: Path) -> None:
    (tmp_path / "usermon.toml").write_text((Path(examples.__file__).parent / "usermon.toml").read_text())
    sources = read_site_file(tmp_path / "usermon.toml").sources
    for moment in (MADE, LATER):
        go_on(data, moment)
        for source in sources:
            run = run_pass(StoreSink(sqlite_store), source)
            assert (run.error, run.rejected) == (None, 0)
            if moment == LATER and source.name not in ("vault-north", "vault-south"):
                assert run.taken > 0


def test_one_process_alone_lets_them_go_on_and_a_dead_one_is_noticed(data: Path) -> None:
    assert live.main(["--data", str(data), "--start"]) == 0
    try:
        first = (data / "live.pid").read_text()
        assert live.main(["--data", str(data), "--start"]) == 0
        assert (data / "live.pid").read_text() == first
        assert live.run(data) == 0
        os.kill(int(first), signal.SIGKILL)
        os.waitpid(int(first), 0)
        assert not live.runs(data)
        assert live.main(["--data", str(data), "--start"]) == 0
        second = (data / "live.pid").read_text()
        assert second != first
    finally:
        assert live.main(["--data", str(data), "--stop"]) == 0
    assert not live.runs(data)
    assert live.main(["--data", str(data), "--stop"]) == 0


def test_it_ends_when_its_data_are_taken_away(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In this module alone: other threads sleep too.
    clock = SimpleNamespace(time=time.time, sleep=lambda _: (data / "live.pid").unlink())
    monkeypatch.setattr("examples.live.time", clock)
    assert live.run(data) == 0
