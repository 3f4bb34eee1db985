"""What passes did, how far files were read, which lines stand rejected; on both engines."""

from tests.factories import run
from usage_store.collection_runs import (
    KEPT_REJECTED_LINES,
    KEPT_RUNS,
    RejectedCount,
    count_rejected,
    count_rejected_by_source,
    forget_files,
    latest_runs,
    note_progress,
    note_run,
    progress_of_files,
    rejected_files,
    replace_rejected,
    standing_rejected,
)
from usage_store.engine import Store
from usage_store.revisions import current_revision
from usage_store.schema import collection_runs
from usermon.collection import FileProgress
from usermon.records import Rejected


def bad(*lines: int, reason: str = "rubbish") -> list[Rejected]:
    return [Rejected(line, f"text {line}", reason) for line in lines]


def replace(store: Store, file: str, rejected: list[Rejected], from_line: int = 0) -> None:
    with store.writing() as connection:
        replace_rejected(connection, "local", file, rejected, 1.0, from_line)


def standing(store: Store) -> list[tuple[str, int]]:
    with store.reading() as connection:
        return [(r.file, r.line) for r in standing_rejected(connection)]


def test_the_newest_run_of_each_source_is_told(store: Store) -> None:
    newest = run("local", started_at=200.0, error="no such folder", remedy="Mount it.")
    with store.writing() as connection:
        for one in (run("local", started_at=100.0), run("cryo", started_at=150.0), newest):
            note_run(connection, one)
    with store.reading() as connection:
        assert latest_runs(connection) == [run("cryo", started_at=150.0), newest]
        assert current_revision(connection, "collection") == 3


def test_of_each_source_the_newest_runs_are_kept(store: Store) -> None:
    with store.writing() as connection:
        note_run(connection, run("cryo"))
        for n in range(KEPT_RUNS + 5):
            note_run(connection, run("local", started_at=float(n)))
    with store.reading() as connection:
        rows = connection.execute(collection_runs.select()).all()
    assert [row.source for row in rows].count("local") == KEPT_RUNS
    assert min(row.started_at for row in rows if row.source == "local") == 5.0
    assert [row.source for row in rows].count("cryo") == 1


def test_rejected_lines_of_a_file_are_replaced_from_a_line_on(store: Store) -> None:
    replace(store, "alice.csv", bad(2, 5, 9))
    replace(store, "bob.csv", bad(1))
    replace(store, "alice.csv", bad(7), from_line=5)
    assert standing(store) == [("alice.csv", 2), ("alice.csv", 7), ("bob.csv", 1)]
    replace(store, "alice.csv", [])
    assert standing(store) == [("bob.csv", 1)]


def test_of_one_file_the_newest_rejected_lines_are_kept(store: Store) -> None:
    replace(store, "alice.csv", bad(*range(1, 151)))
    assert [line for _, line in standing(store)] == list(range(51, 151))
    replace(store, "alice.csv", bad(*range(151, 181)), from_line=151)
    lines = [line for _, line in standing(store)]
    assert lines == list(range(81, 181))
    assert len(lines) == KEPT_REJECTED_LINES


def test_rejected_lines_are_counted(store: Store) -> None:
    replace(store, "alice.csv", bad(1, 2, 3))
    with store.writing() as connection:
        replace_rejected(connection, "cryo", "alice.csv", bad(1), 1.0)
    with store.reading() as connection:
        assert count_rejected(connection) == 4
        found = count_rejected_by_source(connection)
        assert {source: one.all for source, one in found.items()} == {"cryo": 1, "local": 3}


def test_lines_beyond_those_that_are_kept_are_counted_as_long_as_they_stand(store: Store) -> None:
    def counted() -> dict[str, RejectedCount]:
        with store.reading() as connection:
            found = count_rejected_by_source(connection)
            assert count_rejected(connection) == sum(one.all for one in found.values())
        return found

    replace(store, "alice.csv", bad(*range(1, 516)))
    replace(store, "two words.csv", bad(0, reason="blank inside"))
    assert counted() == {"local": RejectedCount(lines=515, files=1, kept=101)}
    replace(store, "alice.csv", bad(*range(600, 620)), from_line=600)
    assert counted() == {"local": RejectedCount(lines=535, files=1, kept=101)}
    replace(store, "alice.csv", bad(1, 2))
    assert counted() == {"local": RejectedCount(lines=2, files=1, kept=3)}
    with store.writing() as connection:
        replace_rejected(connection, "local", "alice.csv", bad(1), 1.0, more=900)
    assert counted()["local"].lines == 901
    with store.writing() as connection:
        forget_files(connection, "local", ["alice.csv", "two words.csv"])
    assert counted() == {}


def test_files_rejected_as_a_whole_are_told_from_files_with_bad_lines(store: Store) -> None:
    replace(store, "alice.csv", bad(3))
    replace(store, "two words.csv", bad(0, reason="blank inside"))
    with store.reading() as connection:
        assert rejected_files(connection, "local") == {"alice.csv": None, "two words.csv": "blank inside"}
        assert rejected_files(connection, "cryo") == {}


def test_texts_that_a_database_would_refuse_are_kept_as_far_as_they_can_be(store: Store) -> None:
    replace(store, "x" * 300, [Rejected(1, "nul \0 half \udcf6 line", "why")])
    with store.reading() as connection:
        (row,) = standing_rejected(connection)
    assert row.text == "nul \ufffd half ? line"
    assert row.file == "x" * 255
    replace(store, "x" * 300, [])
    assert standing(store) == []


def progress(file: str, read_bytes: int = 10) -> FileProgress:
    return FileProgress(file, 10, 1_772_452_800_123_456_789, read_bytes, 1, "digest", 1_772_452_800)


def test_progress_is_kept_by_source_and_file(store: Store) -> None:
    with store.writing() as connection:
        note_progress(connection, "local", [progress("alice.csv"), progress("bob.csv")])
        note_progress(connection, "local", [progress("alice.csv", read_bytes=99)])
        note_progress(connection, "cryo", [])
    with store.reading() as connection:
        assert progress_of_files(connection, "local") == {
            "alice.csv": progress("alice.csv", read_bytes=99),
            "bob.csv": progress("bob.csv"),
        }
        assert progress_of_files(connection, "cryo") == {}


def test_forgotten_files_leave_nothing(store: Store) -> None:
    replace(store, "alice.csv", bad(1))
    replace(store, "bob.csv", bad(1))
    with store.writing() as connection:
        note_progress(connection, "local", [progress("alice.csv"), progress("bob.csv")])
        forget_files(connection, "local", {"alice.csv", "never seen.csv"})
        forget_files(connection, "local", [])
    assert standing(store) == [("bob.csv", 1)]
    with store.reading() as connection:
        assert progress_of_files(connection, "local").keys() == {"bob.csv"}
