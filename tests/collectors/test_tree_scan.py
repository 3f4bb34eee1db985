"""A folder tree as a source: one sample an owner, faults listed, wrong keys refused."""

import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.catalogue import collector_of, find_collector
from collectors.one_pass import run_pass
from collectors.reading import Pass, Reading
from collectors.store_sink import StoreSink
from tests.factories import source
from usage_store.engine import Store
from usage_store.storage import latest_storage
from usermon.errors import SettingsError, UsermonError
from usermon.site_file import Source

NOW = 1_772_452_800.5
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_bytes(b"x" * 1000)
    return tmp_path / "tree"


def scan(of: Source, **more: object) -> list[Reading]:
    return list(find_collector("tree_scan").read_new(of, Pass(NOW, **more)))  # type: ignore[arg-type]


def test_each_owner_is_one_sample_of_the_scans_beginning(tree: Path) -> None:
    (reading,) = scan(source("projects", tree, "tree_scan"))
    (usage,) = reading.records
    assert (usage.user, usage.volume, usage.used_bytes, usage.files) == (ME, "projects", 1000, 1)
    assert usage.time.timestamp() == int(NOW)
    assert (usage.hard_limit_bytes, reading.rejected, reading.progress) == (None, (), None)


def test_a_scan_reaches_the_store(sqlite_store: Store, tree: Path) -> None:
    run = run_pass(StoreSink(sqlite_store), source("projects", tree, "tree_scan"))
    assert (run.error, run.taken, run.rejected) == (None, 1, 0)
    with sqlite_store.reading() as connection:
        assert [(row.user, row.used_bytes) for row in latest_storage(connection)] == [(ME, 1000)]


def test_an_owner_without_account_is_listed_with_what_it_holds(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    (reading,) = scan(source("projects", tree, "tree_scan"))
    assert reading.records == ()
    (rejected,) = reading.rejected
    assert (rejected.line, rejected.text) == (1, f"owner #{os.getuid()} (1000 bytes in 1 files)")
    assert rejected.reason == "an id without a name: no account has it"


def test_a_scan_that_was_stopped_gives_nothing(tree: Path) -> None:
    for number in range(100):
        (tree / f"file-{number}").touch()
    assert scan(source("projects", tree, "tree_scan"), is_stopping=lambda: True) == []


def test_a_tree_that_is_not_there_is_an_error_with_a_remedy(sqlite_store: Store, tmp_path: Path) -> None:
    run = run_pass(StoreSink(sqlite_store), source("projects", tmp_path / "nowhere", "tree_scan"))
    assert run.error is not None
    assert "No such file" in run.error
    assert "mounted" in (run.remedy or "")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entries_per_second", 0),
        ("entries_per_second", "fast"),
        ("entries_per_second", True),
        ("count", "GB"),
    ],
)
def test_a_wrong_key_is_refused_by_name(tree: Path, key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=key):
        scan(replace(source("projects", tree, "tree_scan"), options={key: value}))


def test_blocks_are_counted_when_asked_for(tree: Path) -> None:
    os.truncate(tree / "file", 1 << 30)
    (reading,) = scan(replace(source("projects", tree, "tree_scan"), options={"count": "blocks"}))
    assert reading.records[0].used_bytes < 1 << 20


def test_a_tree_needs_a_path() -> None:
    with pytest.raises(SettingsError, match="no path"):
        collector_of(replace(source("projects", Path("/"), "tree_scan"), path=None))


def test_there_is_no_file_to_parse() -> None:
    with pytest.raises(UsermonError, match="reads no files"):
        find_collector("tree_scan").parse_blocks([], None)  # type: ignore[arg-type]
