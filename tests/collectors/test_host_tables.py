"""Tables of hosts in a folder, read as they grow, and given by hand."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import by_hand
from collectors.catalogue import find_collector
from collectors.one_pass import run_pass
from collectors.store_sink import StoreSink
from tests.factories import source
from tests.shared_data import expected_of
from usage_store.engine import Store
from usage_store.hosts import all_hosts, usage_of_host
from usage_store.paging import Window
from usermon.collection import CollectionRun
from usermon.site_file import Source

INFO = (
    "id,hostname,cpu_number,cpu_architecture,cpu_model,cpu_mhz,l2_cache,total_mem,timestamp\n"
    "1,a.example,8,x86_64,Model A,2100,512,8000000,2026-01-01 00:00:00\n"
)
B = "2,b.example,8,x86_64,Model A,2100,512,8000000,2026-01-01 00:00:00\n"
# Not the usual order: lines that come later mean the same columns.
HEADER = "host_id,timestamp,memory_free,cpu_idle,cpu_kernel,disk_io,disk_available\n"
LONG_AGO = (1_772_000_000, 1_772_000_000)


def row(minute: int, host_id: int = 1) -> str:
    return f"{host_id},2026-03-02 12:{minute:02}:00,100,90,1,0,500\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "host_info.csv", INFO)
    write(tmp_path, "host_usage.csv", HEADER + row(0) + row(1))
    return tmp_path


def write(folder: Path, name: str, text: str, *, young: bool = False) -> None:
    (folder / name).write_text(text)
    if not young:
        os.utime(folder / name, (LONG_AGO[0] + len(text), LONG_AGO[1] + len(text)))


def tables(folder: Path) -> Source:
    return replace(source("tables"), collector="host", path=folder)


def collect(store: Store, folder: Path) -> CollectionRun:
    return run_pass(StoreSink(store), tables(folder))


def test_what_was_appended_is_read_and_nothing_twice(sqlite_store: Store, folder: Path) -> None:
    assert collect(sqlite_store, folder).taken == 3
    unchanged = collect(sqlite_store, folder)
    assert (unchanged.taken, unchanged.known) == (0, 0)
    write(folder, "host_usage.csv", HEADER + row(0) + row(1) + row(2) + "nonsense\n")
    appended = collect(sqlite_store, folder)
    assert (appended.taken, appended.known, appended.rejected) == (1, 0, 1)
    with sqlite_store.reading() as connection:
        assert usage_of_host(connection, "a.example", None, None, Window(9)).total == 3


def test_a_line_that_is_being_written_waits_for_its_end(sqlite_store: Store, folder: Path) -> None:
    write(folder, "host_usage.csv", HEADER + row(0) + row(1)[:-2], young=True)
    first = collect(sqlite_store, folder)
    assert (first.taken, first.rejected) == (2, 0)
    write(folder, "host_usage.csv", HEADER + row(0) + row(1), young=True)
    assert collect(sqlite_store, folder).taken == 1
    write(folder, "host_usage.csv", HEADER + row(0) + row(1) + row(2).rstrip())
    assert collect(sqlite_store, folder).taken == 1


def test_a_host_that_is_entered_later_is_read_after_all(sqlite_store: Store, folder: Path) -> None:
    write(folder, "host_usage.csv", HEADER + row(0) + row(0, host_id=2))
    assert collect(sqlite_store, folder).rejected == 1
    write(folder, "host_info.csv", INFO + B)
    mended = collect(sqlite_store, folder)
    assert (mended.taken, mended.rejected) == (2, 0)
    with sqlite_store.reading() as connection:
        assert [one["hostname"] for one in all_hosts(connection, Window(9)).rows] == [
            "a.example",
            "b.example",
        ]


def test_a_file_that_was_written_anew_is_read_anew(sqlite_store: Store, folder: Path) -> None:
    collect(sqlite_store, folder)
    write(folder, "host_usage.csv", HEADER + row(30) + row(31) + row(32))
    assert collect(sqlite_store, folder).taken == 3


def test_without_usage_there_are_hosts_and_without_hosts_an_error(sqlite_store: Store, folder: Path) -> None:
    (folder / "host_usage.csv").unlink()
    assert collect(sqlite_store, folder).taken == 1
    (folder / "host_info.csv").unlink()
    run = collect(sqlite_store, folder)
    assert run.error is not None
    assert run.error.endswith("host_info.csv cannot be read: no such file")


def test_files_given_by_hand_find_their_hosts_beside_them_or_in_the_folder_above(
    sqlite_store: Store, folder: Path
) -> None:
    (folder / "day").mkdir()
    shutil.copy(folder / "host_usage.csv", folder / "day" / "other.csv")
    collector, of = find_collector("host"), replace(tables(folder), path=None)
    files = {str(folder / "host_info.csv"): None, str(folder / "day" / "other.csv"): None}
    imported = by_hand.import_files(StoreSink(sqlite_store), collector, of, files)
    assert (imported.taken, imported.rejected) == (3, [])
    (folder / "host_info.csv").unlink()
    [parsed] = by_hand.parse_file(collector, str(folder / "host_usage.csv"), of)
    assert {rejected.reason for rejected in parsed.rejected} == {"host_id 1 is not in host_info.csv"}


def test_the_shared_folder_is_read_as_a_source(sqlite_store: Store, shared_hosts: Path) -> None:
    expected = expected_of(shared_hosts)
    run = collect(sqlite_store, shared_hosts)
    assert (run.taken, run.rejected) == (expected["rows"] + expected["hosts_registered"], 0)
