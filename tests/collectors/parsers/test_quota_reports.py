"""Parsers of quota reports: sample files in pairs, every shared report, bad input, and whatever else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers import beegfs_quota, lfs_quota, mmrepquota, repquota, zfs_userspace
from tests.shared_data import expected_of, shared_files
from usermon.quota_records import QuotaEntry
from usermon.records import Parsed

FOLDER = Path(__file__).parent.parent / "samples"
PARSERS: dict[str, Any] = {
    "mmrepquota": mmrepquota,
    "repquota": repquota,
    "lfs_quota": lfs_quota,
    "beegfs_quota": beegfs_quota,
    "zfs_userspace": zfs_userspace,
}
# How the names of the shared reports begin.
TOOLS = {
    "mmrepquota": mmrepquota,
    "repquota": repquota,
    "lfs-quota": lfs_quota,
    "beegfs-ctl": beegfs_quota,
    "zfs-userspace": zfs_userspace,
}
SAMPLES = sorted(sample for name in PARSERS for sample in (FOLDER / name).glob("*.txt"))
SHARED = shared_files("quota", "*.txt")


def text_of(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "backslashreplace")


def rejected_of(parsed: Parsed[QuotaEntry]) -> list[dict[str, object]]:
    return [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]


def test_there_are_samples_of_every_parser() -> None:
    assert {sample.parent.name for sample in SAMPLES} == PARSERS.keys()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    parser = PARSERS[sample.parent.name]
    expected = expected_beside(sample)
    parsed = parser.parse(text_of(sample))
    assert [parser.as_fields(entry) for entry in parsed.records] == expected["records"]
    assert rejected_of(parsed) == expected["rejected"]


def expected_beside(sample: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    return expected


@pytest.mark.parametrize("file", SHARED, ids=lambda path: path.stem)
def test_a_shared_report_gives_exactly_the_expected_users(file: Path, shared_quota: Path) -> None:
    parser = next(module for tool, module in TOOLS.items() if file.name.startswith(tool))
    users = expected_of(shared_quota)["files"][file.name]["users"]
    for user in users:
        user.pop("tolerance", None)
    parsed = parser.parse(text_of(file))
    assert [parser.as_fields(entry) for entry in parsed.records] == users
    assert parsed.rejected == ()


def test_every_shared_report_is_among_those(shared_quota: Path) -> None:
    assert {file.name for file in SHARED} == expected_of(shared_quota)["files"].keys()


def test_a_table_of_gigabytes_says_the_same_as_one_of_kilobytes(shared_quota: Path) -> None:
    exact, rounded = (
        mmrepquota.parse(text_of(shared_quota / name)).records
        for name in ("mmrepquota-Y-rebuilt.txt", "mmrepquota-plain-blocksize-G-rebuilt.txt")
    )
    assert [(entry.name, entry.bytes_used, entry.soft_bytes, entry.block_grace) for entry in exact] == [
        (entry.name, entry.bytes_used, entry.soft_bytes, entry.block_grace) for entry in rounded
    ]


@pytest.mark.parametrize("name", PARSERS)
def test_a_report_with_windows_line_ends_and_a_byte_order_mark_gives_the_same(name: str) -> None:
    parser = PARSERS[name]
    sample = next(sample for sample in SAMPLES if sample.parent.name == name)
    plain, windows = text_of(sample), "\ufeff" + text_of(sample).replace("\n", "\r\n")
    assert parser.parse(windows).records == parser.parse(plain).records
    assert rejected_of(parser.parse(windows)) == rejected_of(parser.parse(plain))


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("pattern", ["9", ":", ",", "|", " 9", "-- ", "\t1", "mmrepquota:", "*", "1e"])
def test_a_long_line_of_one_thing_over_and_over_is_one_rejected_line(name: str, pattern: str) -> None:
    parsed = PARSERS[name].parse("x" + pattern * (200_000 // len(pattern)))
    assert (len(parsed.records), len(parsed.rejected)) == (0, 1)
    assert parsed.rejected[0].reason == "longer than 1000 characters"
    assert len(parsed.rejected[0].text) < 700


@pytest.mark.parametrize("name", PARSERS)
def test_nothing_gives_nothing(name: str) -> None:
    assert PARSERS[name].parse("") == PARSERS[name].parse(" \n\t\n\n") == Parsed((), ())


# Real reports, torn up and mixed with anything: lines that begin well are where parsers fall.
real_lines = [line for sample in SAMPLES for line in text_of(sample).split("\n")]
torn_lines = st.one_of(
    st.sampled_from(real_lines),
    st.builds(lambda line, at: line[:at], st.sampled_from(real_lines), st.integers(0, 120)),
    st.builds(
        lambda line, at, odd: line[:at] + odd + line[at + 1 :],
        st.sampled_from(real_lines),
        st.integers(0, 120),
        st.text(max_size=3),
    ),
    st.text(max_size=60),
)


def check_whole(parse: Callable[[str], Parsed[QuotaEntry]], text: str) -> None:
    parsed = parse(text)
    lines = text.split("\n")
    found = [entry.line for entry in parsed.records] + [r.line for r in parsed.rejected]
    assert len(set(found)) == len(found)
    for line in found:
        assert lines[line - 1].strip()
    for rejected in parsed.rejected:
        assert rejected.text.isprintable()
        assert rejected.reason
    for entry in parsed.records:
        amounts = (entry.bytes_used, entry.files_used, entry.soft_bytes, entry.hard_bytes, entry.hard_files)
        assert all(amount is None or 0 <= amount < 2**63 for amount in amounts)
        assert entry.name.isprintable()


@settings(max_examples=60, deadline=None)
@given(st.lists(torn_lines, max_size=12).map("\n".join))
def test_any_text_is_parsed_and_every_line_is_an_entry_or_rejected_at_most_once(text: str) -> None:
    for parser in PARSERS.values():
        check_whole(parser.parse, text)


@settings(max_examples=60, deadline=None)
@given(st.lists(torn_lines, max_size=6).map("\n".join), st.sampled_from(SAMPLES))
def test_a_damaged_line_never_costs_the_good_ones_before_it(text: str, sample: Path) -> None:
    parser = PARSERS[sample.parent.name]
    good = text_of(sample).rstrip("\n")
    records = parser.parse(good).records
    assert parser.parse(f"{good}\n{text}").records[: len(records)] == records
