"""A source that is one report: from a file while it changes, or from a command."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import appended_file
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from collectors.report import report_reader
from tests.factories import source
from usermon.errors import SettingsError
from usermon.records import Parsed, Rejected


def parse(text: str, context: Context) -> Parsed[str]:
    """Words are records, lines that are no words are rejected."""
    lines = list(enumerate(text.split("\n"), start=1))
    rejected = tuple(Rejected(n, line, "no word") for n, line in lines if line and not line.isalpha())
    return Parsed(tuple(line for _, line in lines if line.isalpha()), rejected)


read_new = report_reader(parse, ("echo", "hello"), lambda words, context: [(w, context.time) for w in words])


def read(path: Path | None, *before: Reading, **changes: object) -> list[Reading]:
    known = {r.file: r.progress for r in before if r.progress is not None}
    return list(read_new(replace(source("words"), path=path, **changes), Pass(1000.0, known)))  # type: ignore[arg-type]


def test_a_command_speaks_of_now() -> None:
    assert read(None) == [Reading("echo", 0, (("hello", 1000.0),), ())]


def test_the_admin_may_name_another_command() -> None:
    assert read(None, command=("printf", "a\n1\n")) == [
        Reading("printf", 0, (("a", 1000.0),), (Rejected(2, "1", "no word"),))
    ]


def test_a_file_speaks_of_when_it_was_written_and_is_read_again_when_it_changed(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("a\n")
    os.utime(file, (500, 500))
    first = read(file)
    assert first[0].records == (("a", 500.0),)
    assert read(file, *first) == []
    file.write_text("b\nc")
    os.utime(file, (600, 600))
    assert [word for word, _ in read(file, *first)[0].records] == ["b", "c"]


def test_a_file_that_is_not_there_or_longer_than_any_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.txt"
    with pytest.raises(SourceUnreadable, match=r"report\.txt cannot be read: no such file"):
        read(file)
    file.write_text("a\n" * 100)
    monkeypatch.setattr(appended_file, "LARGEST_REPORT_BYTES", 100)
    with pytest.raises(SourceUnreadable, match="longer than"):
        read(file)


@pytest.mark.parametrize(
    ("modified", "fault"), [(1000 + 2 * 86_400, "1970-01-03 00:16 UTC is in the future"), (-5, "before 1970")]
)
def test_a_file_that_was_written_when_nobody_can_have_is_refused(
    tmp_path: Path, modified: int, fault: str
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("a\n")
    os.utime(file, (modified, modified))
    with pytest.raises(SourceUnreadable, match=fault) as caught:
        read(file)
    assert "Is a clock wrong?" in caught.value.remedy
    os.utime(file, (1000 + 80_000,) * 2)
    assert read(file)[0].records == (("a", 81_000.0),)


def test_a_path_that_a_command_would_hide_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has a path and a command"):
        read(tmp_path, command=("echo", "a"))


def test_what_has_no_command_of_its_own_wants_one_or_a_path() -> None:
    with pytest.raises(SettingsError, match="has neither command nor path"):
        list(report_reader(parse, None)(replace(source("words"), path=None), Pass(1000.0)))
