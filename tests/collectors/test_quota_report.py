"""Quota reports from file and command to the store, limits and graces with them."""

from pathlib import Path
from typing import Any

import pytest

from collectors.appended_file import Block
from collectors.catalogue import find_collector
from collectors.one_pass import run_pass
from collectors.reading import Context, Pass
from collectors.store_sink import StoreSink
from tests.factories import source
from tests.shared_data import expected_of
from usage_store.collection_runs import count_rejected
from usage_store.engine import Store
from usage_store.storage import latest_storage, storage_histories
from usermon.collection import CollectionRun
from usermon.errors import SettingsError
from usermon.site_file import Source

SAMPLE = Path(__file__).parent / "samples" / "mmrepquota" / "filesets.txt"


def quota_source(path: Path | None = SAMPLE, collector: str = "mmrepquota", **more: Any) -> Source:
    plain = source("local", Path("/"), collector)
    return Source(plain.name, collector, path, plain.every_seconds, plain.timezone, **more)


def collect(store: Store, of: Source) -> CollectionRun:
    return run_pass(StoreSink(store), of)


def test_a_report_is_saved_summed_by_user_with_limits_and_graces(store: Store) -> None:
    run = collect(store, quota_source())
    assert (run.error, run.taken, run.rejected) == (None, 2, 10)
    with store.reading() as connection:
        alice, bob = (storage_histories(connection, user)["local"] for user in ("alice", "bob"))
    assert (alice.used_bytes, alice.files) == ([(1048576 + 2048 + 1024) * 1024], [4100 + 12 + 7])
    assert (alice.hard_limit_bytes, alice.bytes_grace) == ((4194304 + 4096 + 2048) * 1024, "6 days")
    assert alice.soft_limit_bytes is None  # on cryo nothing bounds what is held there
    assert (bob.soft_limit_bytes, bob.hard_limit_files) == (1000 * 1024, 100)
    assert (bob.bytes_grace, bob.files_grace) == ("expired", "3 days")


def test_a_source_can_be_one_fileset(sqlite_store: Store) -> None:
    one = quota_source(options={"filesystem": "lab", "fileset": ["project:a"]})
    assert collect(sqlite_store, one).taken == 1
    with sqlite_store.reading() as connection:
        (alice,) = latest_storage(connection)
    assert (alice.user, alice.used_bytes) == ("alice", 2048 * 1024)


def test_a_report_that_stands_as_it_stood_is_not_read_again(sqlite_store: Store, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_bytes(SAMPLE.read_bytes())
    assert collect(sqlite_store, quota_source(report)).taken == 2
    again = collect(sqlite_store, quota_source(report))
    assert (again.taken, again.known, again.rejected) == (0, 0, 0)
    with sqlite_store.reading() as connection:
        assert count_rejected(connection) == 10


def test_a_command_is_asked_and_its_report_saved(sqlite_store: Store) -> None:
    asked = quota_source(None, command=("cat", str(SAMPLE)))
    assert collect(sqlite_store, asked).taken == 2
    missing = collect(sqlite_store, quota_source(None, command=("no-such-quota-tool",)))
    assert missing.error is not None


@pytest.mark.parametrize("collector", ["lfs_quota", "zfs_userspace"])
def test_a_tool_that_needs_to_be_told_whom_to_ask_for_has_no_command_of_its_own(collector: str) -> None:
    with pytest.raises(SettingsError, match="neither command nor path"):
        list(find_collector(collector).read_new(quota_source(None, collector), Pass(0.0)))


@pytest.mark.parametrize("value", [7, "", [""], ["a", 7], {}])
def test_a_place_that_is_no_name_is_refused_by_name(value: object) -> None:
    with pytest.raises(SettingsError, match="fileset"):
        list(find_collector("mmrepquota").read_new(quota_source(options={"fileset": value}), Pass(2e9)))


def test_the_shared_report_reaches_the_store_as_expected(sqlite_store: Store, shared_quota: Path) -> None:
    name = "mmrepquota-Y-rebuilt.txt"
    assert collect(sqlite_store, quota_source(shared_quota / name)).taken == 20
    with sqlite_store.reading() as connection:
        for user in expected_of(shared_quota)["files"][name]["users"]:
            history = storage_histories(connection, user["name"])["local"]
            assert history.used_bytes == [user["bytes_used"]]
            assert history.files == [user["files_used"]]
            assert (history.soft_limit_bytes, history.hard_limit_files, history.bytes_grace) == (
                *(user["soft_bytes"], user["hard_files"], user["block_grace"]),
            )


def test_parse_shows_each_line_and_import_says_which_names_are_nobodys() -> None:
    collector = find_collector("repquota")
    text = (SAMPLE.parent.parent / "repquota" / "two-devices.txt").read_text()
    context = Context(quota_source(collector="repquota"), 0.0)
    ((_, parsed),) = collector.parse_blocks([Block(text, 1, 0, 0, whole=True)], context)
    assert "#1007" in [entry.name for entry in parsed.records]
    refused = collector.unsavable(parsed.records, context)
    assert {rejected.text for rejected in refused} == {"#1007", "DOM\\mary smith"}
