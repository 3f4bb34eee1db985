"""A pass over a folder that others write to: what is taken, what is rejected, what is read again."""

import os
import resource
import socket
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors import appended_file, storage_folder
from collectors.one_pass import run_pass
from collectors.store_sink import StoreSink
from tests.factories import source
from tests.shared_data import expected_storage
from usage_store.collection_runs import RejectedLine, latest_runs, progress_of_files, standing_rejected
from usage_store.engine import Store
from usage_store.storage import latest_storage, storage_histories
from usermon.collection import CollectionRun
from usermon.units import gb_from_bytes

Counts = tuple[int, int, int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "local"
    made.mkdir()
    return made


def counts(run: CollectionRun) -> Counts:
    assert run.error is None
    return run.taken, run.known, run.rejected


def one_pass(store: Store, folder: Path, timezone: str = "UTC") -> Counts:
    return counts(run_pass(StoreSink(store), source("local", folder, timezone=timezone)))


def rejected(store: Store) -> list[RejectedLine]:
    with store.reading() as connection:
        return standing_rejected(connection)


def gb_of(store: Store, user: str = "alice") -> list[float]:
    with store.reading() as connection:
        histories = storage_histories(connection, user)
    return [gb_from_bytes(used) for used in histories["local"].used_bytes]


def lines(*gb: float, start: int = 0) -> str:
    return "".join(
        f"2026-03-02 {n // 60:02}:{n % 60:02},{value},{n}\n" for n, value in enumerate(gb, start=start)
    )


def settle(file: Path) -> None:
    """As if nobody had written to it for a while."""
    an_hour_ago = time.time() - 3600
    os.utime(file, (an_hour_ago, an_hour_ago))


def test_a_file_is_taken_and_then_left_alone(sqlite_store: Store, folder: Path) -> None:
    (folder / "alice.csv").write_text(lines(1, 2, 3))
    assert one_pass(sqlite_store, folder) == (3, 0, 0)
    assert one_pass(sqlite_store, folder) == (0, 0, 0)
    assert gb_of(sqlite_store) == [1, 2, 3]


def test_of_an_appended_file_only_what_is_new_is_read(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1, 2, 3))
    one_pass(sqlite_store, folder)
    with file.open("a") as appended:
        appended.write(lines(4, 5, start=3))
    assert one_pass(sqlite_store, folder) == (2, 0, 0)
    assert gb_of(sqlite_store) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "rewritten",
    [
        lines(9, 8, 7, 6, 5),
        "date,GB,nfiles\n" + lines(1, 2, 3),
        lines(3, 4, start=2),
        lines(1, 2, 4),
    ],
    ids=["other values", "a header", "its end alone", "the same length"],
)
def test_a_rewritten_file_is_read_whole(sqlite_store: Store, folder: Path, rewritten: str) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1, 2, 3))
    one_pass(sqlite_store, folder)
    file.write_text(rewritten)
    settle(file)
    taken, known, _ = one_pass(sqlite_store, folder)
    assert taken + known == len([line for line in rewritten.splitlines() if line.startswith("2026")])


def test_samples_that_left_the_file_stay_in_the_store(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1, 2, 3))
    one_pass(sqlite_store, folder)
    file.write_text(lines(3, 4, start=2))
    assert one_pass(sqlite_store, folder) == (1, 1, 0)
    assert gb_of(sqlite_store) == [1, 2, 3, 4]


def test_a_half_written_line_is_taken_when_it_is_whole(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1) + "2026-03-02 00:01,4")
    assert one_pass(sqlite_store, folder) == (1, 0, 0)
    assert one_pass(sqlite_store, folder) == (0, 0, 0)
    with file.open("a") as appended:
        appended.write("21,77\n")
    assert one_pass(sqlite_store, folder) == (1, 0, 0)
    assert gb_of(sqlite_store) == [1, 421]
    assert rejected(sqlite_store) == []


def test_a_half_line_that_nobody_finishes_is_rejected_and_forgiven_when_it_is_finished(
    sqlite_store: Store, folder: Path
) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1) + "2026-03-02 00:01,4")
    one_pass(sqlite_store, folder)
    settle(file)
    assert one_pass(sqlite_store, folder) == (0, 0, 1)
    assert [(r.file, r.line) for r in rejected(sqlite_store)] == [("alice.csv", 2)]
    with file.open("a") as appended:
        appended.write("21,77\n")
    assert one_pass(sqlite_store, folder) == (1, 0, 0)
    assert rejected(sqlite_store) == []


def test_a_last_line_that_still_grows_is_corrected(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text("2026-03-02 00:00,12,3")
    assert one_pass(sqlite_store, folder) == (1, 0, 0)
    with file.open("a") as appended:
        appended.write("456")
    assert one_pass(sqlite_store, folder) == (1, 0, 0)
    with file.open("a") as appended:
        appended.write("\n")
    assert one_pass(sqlite_store, folder) == (0, 1, 0)
    with sqlite_store.reading() as connection:
        assert storage_histories(connection, "alice")["local"].files == [3456]


def test_bad_lines_are_kept_with_their_numbers_and_go_when_they_are_mended(
    sqlite_store: Store, folder: Path
) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1) + "rubbish\n")
    assert one_pass(sqlite_store, folder) == (1, 0, 1)
    with file.open("a") as appended:
        appended.write("more rubbish\n" + lines(2, start=3))
    assert one_pass(sqlite_store, folder) == (1, 0, 1)
    assert [(r.line, r.text) for r in rejected(sqlite_store)] == [(2, "rubbish"), (3, "more rubbish")]
    file.write_text(lines(1, 2))
    one_pass(sqlite_store, folder)
    assert rejected(sqlite_store) == []


def test_a_file_that_is_gone_takes_its_rejected_lines_along(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text("rubbish\n")
    one_pass(sqlite_store, folder)
    file.unlink()
    one_pass(sqlite_store, folder)
    assert rejected(sqlite_store) == []
    with sqlite_store.reading() as connection:
        assert progress_of_files(connection, "local") == {}


def make_socket(path: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.close()


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("two words.csv", lambda path: path.write_text(lines(1)), "blank inside"),
        ("-rf.csv", lambda path: path.write_text(lines(1)), "starts with '-'"),
        ("ä.csv", lambda path: path.write_text(lines(1)), "not ASCII"),
        ("notes.txt", lambda path: path.write_text("hello"), "not named USER.csv"),
        ("csv", lambda path: path.write_text("hello"), "not named USER.csv"),
        ("bob.csv", lambda path: path.mkdir(), "a folder"),
        ("bob.csv", lambda path: path.symlink_to("alice.csv"), "a symbolic link, which is not followed"),
        ("bob.csv", lambda path: os.mkfifo(path), "not a regular file"),
        ("bob.csv", make_socket, "cannot be read: No such device or address"),
    ],
)
def test_what_is_no_users_file_is_rejected_once_and_stays_listed(
    sqlite_store: Store, folder: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    (folder / "alice.csv").write_text(lines(1))
    make(folder / name)
    assert one_pass(sqlite_store, folder) == (1, 0, 1)
    assert one_pass(sqlite_store, folder) == (0, 0, 0)
    assert [(r.file, r.line, r.reason) for r in rejected(sqlite_store)] == [(name, 0, reason)]


def test_a_file_name_that_is_no_text_is_rejected(store: Store, folder: Path) -> None:
    (Path(os.fsdecode(bytes(folder) + b"/b\xf6b.csv"))).write_text(lines(1))
    assert one_pass(store, folder) == (0, 0, 1)
    assert rejected(store)[0].file == "b\\xf6b.csv"


def test_a_file_name_is_stored_without_its_control_characters(store: Store, folder: Path) -> None:
    (folder / "\x1b[2Jbob\n.csv").write_text(lines(1))
    assert one_pass(store, folder) == (0, 0, 1)
    assert one_pass(store, folder) == (0, 0, 0)
    (line,) = rejected(store)
    assert (line.file, line.text, line.reason) == (
        "\\x1b[2Jbob\\x0a.csv",
        "\\x1b[2Jbob\\x0a.csv",
        "control character",
    )


def test_hidden_files_are_not_finished_and_not_looked_at(sqlite_store: Store, folder: Path) -> None:
    (folder / ".alice.csv.Xy12").write_text("rubbish")
    assert one_pass(sqlite_store, folder) == (0, 0, 0)


def test_a_file_that_becomes_readable_is_read_and_no_longer_listed(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.mkdir()
    one_pass(sqlite_store, folder)
    file.rmdir()
    file.write_text(lines(1, 2))
    assert one_pass(sqlite_store, folder) == (2, 0, 0)
    assert rejected(sqlite_store) == []


def test_a_file_that_vanishes_while_we_read_is_left_out(
    sqlite_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("alice", "bob", "charlie"):
        (folder / f"{user}.csv").write_text(lines(1))
    opened = appended_file.open_appended

    def vanishing(path: Path) -> object:
        if path.name == "bob.csv":
            path.unlink()
        return opened(path)

    monkeypatch.setattr(storage_folder, "open_appended", vanishing)
    assert one_pass(sqlite_store, folder) == (2, 0, 0)
    assert rejected(sqlite_store) == []


def test_a_folder_that_is_not_there_is_an_error_with_a_remedy(sqlite_store: Store, tmp_path: Path) -> None:
    run = run_pass(StoreSink(sqlite_store), source("local", tmp_path / "nowhere"))
    assert run.error is not None
    assert "No such file or directory" in run.error
    assert run.remedy
    assert "mounted" in run.remedy
    with sqlite_store.reading() as connection:
        assert latest_runs(connection) == [run]


def test_a_collector_that_nobody_knows_is_an_error_with_a_remedy(sqlite_store: Store, folder: Path) -> None:
    run = run_pass(StoreSink(sqlite_store), source("local", folder, collector="horoscope"))
    assert run.error == "there is no collector 'horoscope'"
    assert run.remedy
    assert "storage_csv" in run.remedy


def test_a_line_without_end_takes_little_memory(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    with file.open("wb") as endless:
        endless.write(lines(1).encode())
        endless.seek(300 << 20, os.SEEK_CUR)  # a hole: nothing but NUL bytes
        endless.write(b"\n" + lines(2, start=1).encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert one_pass(sqlite_store, folder) == (2, 0, 1)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mib < 60
    assert rejected(sqlite_store)[0].line == 2


def test_a_file_larger_than_a_block_is_read_to_its_end(sqlite_store: Store, folder: Path) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
    text = "".join(
        f"{datetime.fromtimestamp(start + 900 * n, UTC):%Y-%m-%d %H:%M},{n},{n}\n" for n in range(30_000)
    )
    file = folder / "alice.csv"
    file.write_text(text[: len(text) // 2] + "rubbish\n" + text[len(text) // 2 :])
    taken, known, bad = one_pass(sqlite_store, folder)
    assert taken + known + bad in (30_001, 30_002)  # the rubbish may have cut a line in two
    assert one_pass(sqlite_store, folder) == (0, 0, 0)
    with sqlite_store.reading() as connection:
        assert gb_from_bytes(latest_storage(connection)[0].used_bytes) == 29_999


def test_the_double_hour_is_told_apart_across_passes(sqlite_store: Store, folder: Path) -> None:
    file = folder / "alice.csv"
    file.write_text("2025-10-26 02:00,1,1\n2025-10-26 02:30,2,1\n")
    one_pass(sqlite_store, folder, "Europe/Berlin")
    with file.open("a") as appended:
        appended.write("2025-10-26 02:00,3,1\n")
    one_pass(sqlite_store, folder, "Europe/Berlin")
    with file.open("a") as appended:
        appended.write("2025-10-26 02:30,4,1\n")
    assert one_pass(sqlite_store, folder, "Europe/Berlin") == (1, 0, 0)
    assert gb_of(sqlite_store) == [1, 2, 3, 4]


def test_unreadable_files_are_rejected_for_those_who_may_not_read_them(
    sqlite_store: Store, folder: Path
) -> None:
    file = folder / "alice.csv"
    file.write_text(lines(1))
    file.chmod(0)
    expected = (1, 0, 0) if os.access(file, os.R_OK) else (0, 0, 1)  # root may
    assert one_pass(sqlite_store, folder) == expected
    assert stat.S_IMODE(file.stat().st_mode) == 0


@pytest.mark.parametrize("volume", ["local", "cryo"])
def test_the_shared_histories_end_as_expected(store: Store, shared_storage: Path, volume: str) -> None:
    expected = expected_storage(shared_storage)
    run = run_pass(StoreSink(store), source(volume, shared_storage / volume))
    assert run.rejected == 0
    with store.reading() as connection:
        latest = {row.user: row for row in latest_storage(connection)}
    assert latest.keys() == set(expected["users_with_history"])
    for user, final in expected["final"].items():
        assert gb_from_bytes(latest[user].used_bytes) == final[f"{volume}_gb"]
        assert latest[user].files == final[f"{volume}_files"]
    assert sum(gb_from_bytes(row.used_bytes) for row in latest.values()) == expected["totals"][f"{volume}_gb"]
    for user, facts in expected["history"].items():
        with store.reading() as connection:
            history = storage_histories(connection, user)[volume]
        assert len(history.time) == facts[volume]["distinct_timestamps"]
        assert gb_from_bytes(max(history.used_bytes)) == facts[volume]["max_gb"]


@pytest.mark.parametrize("volume", ["local", "cryo"])
def test_names_that_are_prefixes_of_others_are_kept_apart(
    sqlite_store: Store, shared_storage: Path, volume: str
) -> None:
    run_pass(StoreSink(sqlite_store), source(volume, shared_storage / "tricky" / "prefix" / volume))
    final = expected_storage(shared_storage / "tricky")["prefix"]["final"]
    with sqlite_store.reading() as connection:
        latest = {row.user: gb_from_bytes(row.used_bytes) for row in latest_storage(connection)}
    assert latest == {user: facts[f"{volume}_gb"] for user, facts in final.items()}
