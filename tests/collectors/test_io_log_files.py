"""Logs that grow, are cut, rotated, overlap and are moved away: each entry counts once, and whole."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.by_hand import Imported, import_files
from collectors.catalogue import find_collector
from collectors.one_pass import run_pass
from collectors.store_sink import StoreSink
from tests.io_samples import HOUR, LARGE, ONE, SMALL, client, log_text, session
from tests.shared_data import expected_of
from usage_store.collection_runs import progress_of_files, standing_rejected
from usage_store.engine import Store
from usage_store.io import io_stats
from usermon.site_file import Source

Pass = Callable[[], tuple[int, int, int]]

ENTRIES = [
    log_text(
        [
            session(ONE + hour * HOUR, {SMALL: hour + 1, LARGE: 1}),
            session(ONE + hour * HOUR, who=client("bob")),
        ]
    )
    for hour in range(4)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "logs"
    made.mkdir()
    return made


def one_pass(store: Store, path: Path, **options: object) -> tuple[int, int, int]:
    run = run_pass(StoreSink(store), Source("io", "io_log", path, 60, "UTC", options=options))
    assert run.error is None, run.error
    return run.taken, run.known, run.rejected


def facts(store: Store) -> tuple[object, object, object]:
    with store.reading() as connection:
        stats = io_stats(connection)
    return stats["log_count"], stats["session_count"], stats["total_operations"]


def settle(file: Path, seconds: int = 3600) -> None:
    """As if nobody had written to it for a while."""
    then = time.time() - seconds
    os.utime(file, (then, then))


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def standing(store: Store) -> list[tuple[str, int]]:
    with store.reading() as connection:
        return [(line.file, line.line) for line in standing_rejected(connection)]


def test_a_log_is_taken_and_then_left_alone(sqlite_store: Store, folder: Path) -> None:
    (folder / "io.log").write_text("".join(ENTRIES))
    assert one_pass(sqlite_store, folder) == (8, 0, 0)
    assert one_pass(sqlite_store, folder) == (0, 0, 0)
    assert facts(sqlite_store) == (4, 8, 1 + 2 + 3 + 4 + 4 + 4 * 2)


@pytest.mark.parametrize("path", ["io.log", "*.log", "."])
def test_a_file_a_pattern_and_a_folder_can_be_a_source(sqlite_store: Store, folder: Path, path: str) -> None:
    (folder / "io.log").write_text("".join(ENTRIES))
    assert one_pass(sqlite_store, folder / path) == (8, 0, 0)


def test_of_a_log_that_grew_only_its_last_entry_is_read_again(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES[:2]))
    one_pass(sqlite_store, folder)
    with file.open("a") as log:
        log.write("".join(ENTRIES[2:]))
    assert one_pass(sqlite_store, folder) == (4, 2, 0)
    assert facts(sqlite_store)[:2] == (4, 8)


def test_wherever_a_log_is_cut_it_is_whole_in_the_end(sqlite_store: Store, folder: Path) -> None:
    """Cut again and again: through headers, names, counts, bars and newlines."""
    text = "".join(ENTRIES).replace("bob", "b\u00f6b").encode() + log_text([session(ONE + 9 * HOUR)]).encode()
    file = folder / "io.log"
    for end in range(0, len(text), 23):
        file.write_bytes(text[:end])
        one_pass(sqlite_store, folder)
        assert standing(sqlite_store) == [("io.log", n) for n, _ in _damaged(text[:end])]
    file.write_bytes(text)
    settle(file)
    one_pass(sqlite_store, folder)
    assert facts(sqlite_store) == (5, 5, 1 + 2 + 3 + 4 + 4 + 2)
    with sqlite_store.reading() as connection:
        assert progress_of_files(connection, "io")["io.log"].read_bytes > len(text) - 300


def _damaged(text: bytes) -> list[tuple[int, bytes]]:
    """Whole lines about b\u00f6b, who has no user name: his header, and the row below it."""
    lines = text.split(b"\n")[:-1]
    return [
        (n, line)
        for n, line in enumerate(lines, start=1)
        if "b\u00f6b".encode() in line or (n > 1 and "b\u00f6b".encode() in lines[n - 2])
    ]


def test_a_cut_end_is_damaged_only_when_the_file_has_settled(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES) + "[4K, 8K)     ")
    assert one_pass(sqlite_store, folder) == (8, 0, 0)
    settle(file)
    assert one_pass(sqlite_store, folder)[2] == 1
    assert len(standing(sqlite_store)) == 1
    assert one_pass(sqlite_store, folder) == (0, 0, 0)


def test_overlapping_logs_count_once(sqlite_store: Store, folder: Path) -> None:
    (folder / "a.log").write_text("".join(ENTRIES[:3]))
    (folder / "b.log").write_text("".join(ENTRIES[1:]))
    assert one_pass(sqlite_store, folder) == (8, 4, 0)
    assert facts(sqlite_store)[:2] == (4, 8)


def test_a_rotated_log_is_not_read_again(sqlite_store: Store, folder: Path) -> None:
    (folder / "io.log").write_text("".join(ENTRIES[:3]))
    one_pass(sqlite_store, folder)
    (folder / "io.log").rename(folder / "io.log.1")
    (folder / "io.log").write_text(ENTRIES[3])
    assert one_pass(sqlite_store, folder) == (2, 2, 0)  # the new entry, and the last one of the old file
    assert facts(sqlite_store)[:2] == (4, 8)


def test_a_log_that_was_written_anew_is_read_from_its_beginning(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES[:3]))
    one_pass(sqlite_store, folder)
    file.write_text(ENTRIES[3])
    assert one_pass(sqlite_store, folder) == (2, 0, 0)


def test_a_changed_count_in_the_middle_replaces_the_old_one(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES))
    one_pass(sqlite_store, folder)
    before = facts(sqlite_store)[2]
    file.write_text("".join(ENTRIES).replace("       2 |", "       7 |", 1))
    settle(file, 30)
    assert one_pass(sqlite_store, folder)[0] == 1
    assert facts(sqlite_store)[2] == before + 5  # type: ignore[operator]


def test_what_is_no_log_is_named_and_costs_nothing_else(sqlite_store: Store, folder: Path) -> None:
    (folder / "io.log").write_text(ENTRIES[0])
    (folder / "old.log.gz").write_bytes(b"\x1f\x8b")
    (folder / "deep").mkdir()
    (folder / ".hidden").write_text("half a copy")
    assert one_pass(sqlite_store, folder) == (2, 0, 2)
    assert standing(sqlite_store) == [("deep", 0), ("old.log.gz", 0)]


@pytest.mark.parametrize("path", ["gone", "gone/*.log"])
def test_a_folder_that_is_not_there_is_said_and_forgets_nothing(
    sqlite_store: Store, folder: Path, path: str
) -> None:
    run = run_pass(StoreSink(sqlite_store), Source("io", "io_log", folder / path, 60, "UTC"))
    assert run.error is not None
    assert "is it mounted" in (run.remedy or "")


def test_processed_logs_are_moved_to_the_archive(sqlite_store: Store, folder: Path) -> None:
    (folder / "done.log").write_text("".join(ENTRIES[:2]))
    (folder / "growing.log").write_text("".join(ENTRIES[2:]))
    settle(folder / "done.log")
    assert one_pass(sqlite_store, folder, archive="read") == (8, 0, 0)
    assert names_in(folder) == ["growing.log", "read"]
    settle(folder / "growing.log")
    assert one_pass(sqlite_store, folder, archive="read") == (0, 2, 0)
    assert names_in(folder / "read") == ["done.log", "growing.log"]
    (folder / "done.log").write_text(ENTRIES[0])
    settle(folder / "done.log")
    one_pass(sqlite_store, folder, archive="read")
    assert len(names_in(folder / "read")) == 3
    assert facts(sqlite_store)[:2] == (4, 8)


def test_without_an_archive_that_can_be_made_nothing_is_read(sqlite_store: Store, folder: Path) -> None:
    (folder / "io.log").write_text(ENTRIES[0])
    source = Source("io", "io_log", folder, 60, "UTC", options={"archive": "io.log/below"})
    assert "archive" in (run_pass(StoreSink(sqlite_store), source).error or "")
    assert facts(sqlite_store)[0] == 0


def import_log(store: Store, file: Path) -> Imported:
    source = Source("io", "io_log", None, 60, "UTC")
    return import_files(StoreSink(store), find_collector("io_log"), source, {str(file): None})


def test_a_file_given_by_hand_is_known_when_it_comes_again(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES) + "rubbish\n")
    first, again = import_log(sqlite_store, file), import_log(sqlite_store, file)
    assert (first.records, first.taken, first.known, len(first.rejected)) == (8, 8, 0, 1)
    assert (again.records, again.taken, again.known, again.rejected) == (8, 0, 8, first.rejected)


def test_a_file_given_by_hand_that_changed_is_read(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES[:2]))
    import_log(sqlite_store, file)
    file.write_text("".join(ENTRIES))
    grown = import_log(sqlite_store, file)
    assert (grown.taken, grown.known) == (4, 4)


def test_the_shared_log_comes_in_by_a_pass(sqlite_store: Store, shared_io: Path) -> None:
    stats = expected_of(shared_io)["get_database_stats"]
    one_pass(sqlite_store, shared_io / "io-public.log")
    with sqlite_store.reading() as connection:
        assert io_stats(connection) == stats


def test_whoever_waits_is_told_how_far_a_file_was_read(sqlite_store: Store, folder: Path) -> None:
    file = folder / "io.log"
    file.write_text("".join(ENTRIES))
    told: list[tuple[str, int, int]] = []
    run_pass(
        StoreSink(sqlite_store),
        Source("io", "io_log", file, 60, "UTC"),
        watch=lambda *seen: told.append(seen),
    )
    assert told[-1][0] == "io.log"
    assert 0 < told[-1][1] <= told[-1][2] == file.stat().st_size
