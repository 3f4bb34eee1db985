"""What goes to a hub: one batch a pass, progress after the batch, and nothing too large for the way."""

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.hub_sink import AGENT, RUNS, HubSink
from collectors.one_pass import run_pass
from collectors.reading import Reading
from collectors.spool import Spool, SpoolUnwritable
from tests.factories import source, usage
from usermon.batch import Batch, read_batch, unpack
from usermon.collection import CollectionRun
from usermon.records import Rejected, StorageUsage
from usermon.site_file import Source


@pytest.fixture
def sink(tmp_path: Path) -> HubSink:
    return HubSink(Spool(tmp_path / "spool"), tmp_path)


@pytest.fixture
def local(tmp_path: Path) -> Source:
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "alice.csv").write_text("2026-03-02 09:00,118,20411\n")
    return source("local", folder)


def delivered(sink: HubSink) -> list[tuple[str, Batch]]:
    found = []
    while (spooled := sink.spool.oldest()) is not None:
        found.append((spooled.kind, read_batch(unpack(sink.spool.read(spooled)), (StorageUsage,))))
        sink.spool.remove(spooled)
    return found


def note(sink: HubSink, name: str = "local", error: str | None = None) -> None:
    sink.note(CollectionRun(name, "storage_csv", 1.0, 2.0, 0, 0, 0, error))


def test_a_pass_is_one_batch_with_its_run(sink: HubSink, local: Source) -> None:
    run = run_pass(sink, local)
    assert (run.taken, run.error) == (1, None)
    ((kind, batch),) = delivered(sink)
    assert kind == "storage"
    assert [record.user for record in batch.records] == ["alice"]
    assert batch.envelope.run.started_at == run.started_at


def test_the_next_pass_reads_what_is_new_also_after_a_restart(
    sink: HubSink, local: Source, tmp_path: Path
) -> None:
    run_pass(sink, local)
    delivered(sink)
    assert local.path is not None
    with (local.path / "alice.csv").open("a") as file:
        file.write("2026-03-02 09:30,120,20500\n2026-03-02 bad\n")
    again = HubSink(Spool(tmp_path / "spool"), tmp_path)
    run_pass(again, local)
    ((_, batch),) = delivered(again)
    assert [record.files for record in batch.records] == [20_500]
    ((rejected),) = batch.envelope.rejected
    assert (rejected.file, [line.line for line in rejected.lines]) == ("alice.csv", [3])
    run_pass(again, local)
    ((kind, batch),) = delivered(again)
    assert (kind, batch.records) == (RUNS, ())


def test_a_file_that_is_gone_is_told(sink: HubSink, local: Source) -> None:
    run_pass(sink, local)
    delivered(sink)
    assert local.path is not None
    (local.path / "alice.csv").unlink()
    run_pass(sink, local)
    assert [batch.envelope.forgotten for _, batch in delivered(sink)] == [("alice.csv",)]
    run_pass(sink, local)
    assert [batch.envelope.forgotten for _, batch in delivered(sink)] == [()]


def test_a_pass_that_fails_is_told_with_its_error(sink: HubSink, tmp_path: Path) -> None:
    run_pass(sink, source("local", tmp_path / "nowhere"))
    ((kind, batch),) = delivered(sink)
    assert kind == RUNS
    assert batch.envelope.run.error is not None
    assert "nowhere" in batch.envelope.run.error


def test_progress_is_kept_after_the_batch_and_not_before(
    sink: HubSink, local: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SpoolUnwritable("no space left", "make some")

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "put", full)
        with pytest.raises(SpoolUnwritable):
            run_pass(sink, local)
    assert delivered(sink) == []
    run_pass(sink, local)
    assert [len(batch.records) for _, batch in delivered(sink)] == [1]


def test_a_damaged_progress_file_means_reading_anew(sink: HubSink, local: Source, tmp_path: Path) -> None:
    run_pass(sink, local)
    (tmp_path / "local.json").write_text('{"files": [{"file": 3}]}')
    run_pass(sink, local)
    assert [len(batch.records) for _, batch in delivered(sink)] == [1, 1]


def test_what_is_too_large_for_one_batch_becomes_several(
    sink: HubSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.hub_sink.TARGET_BYTES", 4000)
    chance = random.Random(1)
    records = tuple(usage(f"user{n}", files=chance.getrandbits(60)) for n in range(1000))
    lines = (Rejected(1, "x", "no date"),)
    sink.save(source(), "storage", [Reading("a.csv", 0, records, lines)], 1.0)
    note(sink)
    batches = [batch for _, batch in delivered(sink)]
    assert len(batches) > 4
    assert tuple(record for batch in batches for record in batch.records) == records
    assert [len(batch.envelope.rejected) for batch in batches] == [1, *[0] * (len(batches) - 1)]


def test_a_pass_of_several_parts_is_several_batches_in_order(sink: HubSink) -> None:
    for user in ("alice", "bob"):
        sink.save(source(), "storage", [Reading(f"{user}.csv", 0, (usage(user),), ())], 1.0)
    note(sink)
    assert [batch.records[0].user for _, batch in delivered(sink)] == ["alice", "bob"]


def test_a_record_that_cannot_travel_stands_rejected_until_all_can(sink: HubSink) -> None:
    naive = replace(usage("bob"), time=usage().time.replace(tzinfo=None))
    sink.save(source(), "storage", [Reading("a.csv", 0, (usage("alice"), naive), ())], 1.0)
    note(sink)
    ((_, batch),) = delivered(sink)
    assert [record.user for record in batch.records] == ["alice"]
    (told,) = batch.envelope.rejected
    assert (told.file, told.lines[0].reason) == (AGENT, "time: a time without a zone")
    sink.progress_of(source())
    sink.save(source(), "storage", [Reading("a.csv", 0, (usage("bob"),), ())], 1.0)
    note(sink)
    ((_, batch),) = delivered(sink)
    assert [(one.file, one.lines) for one in batch.envelope.rejected] == [(AGENT, ())]


def test_of_many_rejected_lines_the_newest_are_shown_and_all_are_counted(sink: HubSink) -> None:
    lines = tuple(Rejected(n, "x", "no date") for n in range(1, 251))
    sink.save(source(), "storage", [Reading("a.csv", 0, (), lines)], 1.0)
    note(sink)
    ((_, batch),) = delivered(sink)
    (told,) = batch.envelope.rejected
    assert (told.lines[0].line, len(told.lines), told.more) == (151, 100, 150)


def test_files_of_which_batches_were_dropped_are_read_again_when_nothing_waits(
    sink: HubSink, local: Source
) -> None:
    def records() -> int:
        run_pass(sink, local)
        return sum(len(batch.records) for kind, batch in delivered(sink) if kind != RUNS)

    assert (records(), records()) == (1, 0)
    sink.read_again("local")
    sink.spool.put("storage", "other", b"waits")
    run_pass(sink, local)
    while (spooled := sink.spool.oldest()) is not None:
        sink.spool.remove(spooled)
    assert (records(), records()) == (1, 0)
    sink.read_again("local")
    assert records() == 0  # what never fits would be read for ever
    os.utime(sink.folder / "local.read-again", (0, 0))
    assert (records(), records()) == (1, 0)
