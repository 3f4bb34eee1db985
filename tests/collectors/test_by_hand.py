"""Files that an admin names: the moment that they speak of, and reports that say nothing or a half."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.by_hand import Imported, import_files, parse_file
from collectors.catalogue import find_collector
from collectors.shown import parsed_as_json
from collectors.store_sink import StoreSink
from tests.factories import source
from usage_store.engine import Store
from usage_store.queues import find_cluster
from usermon.errors import UsermonError, WrongUse

USERSPACE = "POSIX User\talice\t1024\tnone\n"
IN_2090 = 3_786_912_000


def imported(store: Store, collector: str, file: Path, at: float | None = None) -> Imported:
    by_hand = replace(source("by-hand"), collector=collector, path=None)
    return import_files(StoreSink(store), find_collector(collector), by_hand, {str(file): None}, at)


@pytest.mark.parametrize("modified", [IN_2090, -86_400])
def test_a_report_with_an_impossible_time_is_refused_unless_its_moment_is_named(
    sqlite_store: Store, tmp_path: Path, modified: int
) -> None:
    file = tmp_path / "userspace.txt"
    file.write_text(USERSPACE)
    os.utime(file, (modified, modified))
    with pytest.raises(UsermonError, match=r"userspace\.txt was written when nobody can have") as caught:
        imported(sqlite_store, "zfs_userspace", file)
    assert "Is a clock wrong?" in caught.value.remedy
    assert imported(sqlite_store, "zfs_userspace", file, at=time.time()).taken == 1


@pytest.mark.parametrize("at", [IN_2090, -1])
def test_a_moment_at_which_nothing_was_measured_is_wrong_use(
    sqlite_store: Store, tmp_path: Path, at: float
) -> None:
    file = tmp_path / "userspace.txt"
    file.write_text(USERSPACE)
    with pytest.raises(WrongUse, match="nothing was measured then"):
        imported(sqlite_store, "zfs_userspace", file, at=at)


def test_a_log_that_tells_its_own_times_may_lie_in_a_file_of_any_time(
    sqlite_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "io.log"
    file.write_text("Log: 2026-03-02 12:00:00 (1772452800)\n")
    os.utime(file, (IN_2090, IN_2090))
    assert imported(sqlite_store, "io_log", file).records == 1


def test_a_log_of_slurm_without_jobs_says_that_there_are_none(sqlite_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "slurm.log"
    file.write_text("# Slurm jobs from last 4 hours collected at 2026-03-02 14:10:03\n# Format: JobID|User\n")
    assert imported(sqlite_store, "slurm_log", file).taken == 1
    with sqlite_store.reading() as connection:
        cluster = find_cluster(connection, "by-hand")
        assert cluster is not None
        assert (cluster.time, cluster.totals["jobs"]) == (1_772_460_603, 0)
    parsed = list(parse_file(find_collector("slurm_log"), str(file), source()))
    shown = parsed_as_json([(str(file), parsed)], find_collector("slurm_log"), "UTC")
    assert shown == {"records": [], "rejected": []}


def test_jobs_without_nodes_are_refused_also_where_there_are_none(
    sqlite_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "qstat-empty.json"
    file.write_text('{"timestamp":1772452800, "pbs_version":"23.06.06", "pbs_server":"pbs"}')
    with pytest.raises(UsermonError, match="jobs without nodes are refused"):
        imported(sqlite_store, "pbspro", file)
    file.write_text("qstat: cannot connect\n")
    assert len(imported(sqlite_store, "pbspro", file).rejected) == 1
