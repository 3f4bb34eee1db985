"""One sample a user: what is added up, which limits bound it, which grace runs out first."""

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.quota_sums import nobodys, of_places, usages_of
from usermon.quota_records import QuotaEntry
from usermon.records import StorageUsage

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_lines = iter(range(1, 1_000_000))


def entry(
    name: str = "alice", fileset: str | None = "root", bytes_used: int = 100, **more: Any
) -> QuotaEntry:
    return QuotaEntry(
        **{
            "line": next(_lines),
            "name": name,
            "bytes_used": bytes_used,
            "files_used": 10,
            "filesystem": "lab",
            "fileset": fileset,
            **more,
        }
    )


def usage_of(*entries: QuotaEntry) -> StorageUsage:
    (usage,) = usages_of(entries, "local", NOON.timestamp())
    return usage


def test_one_line_is_one_sample_with_its_limits_and_grace() -> None:
    line = entry(
        soft_bytes=90, hard_bytes=200, soft_files=5, hard_files=20, block_grace="6days", files_grace="none"
    )
    assert usage_of(line) == StorageUsage(
        "alice", "local", NOON, 100, 10, 90, 200, 5, 20, bytes_grace="6 days", files_grace="expired"
    )


def test_filesets_are_added_up_with_their_limits() -> None:
    summed = usage_of(entry(soft_bytes=90, hard_bytes=200), entry(fileset="a", soft_bytes=10, hard_bytes=20))
    assert (summed.used_bytes, summed.files) == (200, 20)
    assert (summed.soft_limit_bytes, summed.hard_limit_bytes) == (100, 220)


def test_nothing_bounds_what_is_held_where_there_is_no_limit() -> None:
    assert usage_of(entry(hard_bytes=200), entry(fileset="a")).hard_limit_bytes is None


def test_a_fileset_without_limit_in_which_nothing_is_held_bounds_nothing() -> None:
    empty = entry(fileset="a", bytes_used=0, files_used=0)
    summed = usage_of(entry(hard_bytes=200, hard_files=7), empty)
    assert (summed.hard_limit_bytes, summed.hard_limit_files) == (200, 7)


def test_the_same_fileset_twice_counts_once_and_the_later_line_stands() -> None:
    assert usage_of(entry(bytes_used=1), entry(bytes_used=2)).used_bytes == 2


def test_lines_that_name_no_place_are_each_their_own() -> None:
    nowhere: dict[str, Any] = {"filesystem": None, "fileset": None}
    assert usage_of(entry(**nowhere), entry(**nowhere)).used_bytes == 200


def test_devices_are_places_too() -> None:
    devices = [entry(filesystem=None, fileset=None, device=name) for name in ("/dev/a", "/dev/b", "/dev/b")]
    assert usage_of(*devices).used_bytes == 200


def test_of_several_graces_the_first_to_run_out_stands() -> None:
    assert usage_of(entry(block_grace="6 days"), entry(fileset="a", block_grace="expired")).bytes_grace == (
        "expired"
    )


def test_files_that_the_report_does_not_count_are_none() -> None:
    assert usage_of(entry(files_used=None)).files == 0


def test_absurd_sums_stay_within_what_the_store_holds() -> None:
    assert usage_of(entry(bytes_used=2**63 - 1), entry(fileset="a")).used_bytes == 2**63 - 1


def test_users_come_by_name() -> None:
    usages = usages_of([entry("bob"), entry("alice")], "local", NOON.timestamp())
    assert [usage.user for usage in usages] == ["alice", "bob"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("#10002", "an id without a name: no account has it"),
        ("1500000082", "an id without a name: no account has it"),
        ("DOM\\charlie", "not a user name: character '\\\\'"),
        ("../etc", "not a user name: starts with '.'"),
        ('<b onclick="x">', "not a user name: character '<'"),
    ],
)
def test_names_that_no_account_can_have_are_rejected_with_their_line(name: str, reason: str) -> None:
    lines = [entry("alice"), entry(name, line=7)]
    assert [usage.user for usage in usages_of(lines, "local", 0)] == ["alice"]
    (rejected,) = nobodys(lines)
    assert (rejected.line, rejected.reason) == (7, reason)


def test_a_source_can_be_one_file_system_or_fileset_of_several() -> None:
    lines = [entry(), entry(fileset="a"), entry(filesystem="other"), entry(filesystem=None, device="lab")]
    assert of_places(lines, {"lab"}, ()) == (lines[0], lines[1], lines[3])
    assert of_places(lines, {"lab"}, {"a"}) == (lines[1],)
    assert of_places(lines, (), ()) == tuple(lines)
