"""Files that an admin names: the moment that they speak of, and reports that say nothing or a half."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.by_hand import Imported, import_files
from collectors.catalogue import find_collector
from collectors.store_sink import StoreSink
from tests.factories import source
from usage_store.engine import Store
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
