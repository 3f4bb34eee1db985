"""Tables of hosts: samples in pairs, the shared tables line by line, and anything at all."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.host_csv import INFO_COLUMNS, USAGE_COLUMNS, Tables, as_fields, parse
from tests.shared_data import expected_of, shared_files
from usermon.host_records import HostInfo, HostUsage, check_host_info, check_host_usage

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "host").glob("*.csv"))
SHARED_TRICKY = shared_files("hosts", "tricky/*.csv")
BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
HOSTS = {1: "a.example", 2: "b.example"}
NOW = 1_772_539_200.0  # 2026-03-03


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 3


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    expected: dict[str, Any] = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    parsed = parse(sample.read_bytes().decode(), timezone=BERLIN, now=NOW, hosts=HOSTS)
    assert [as_fields(line, BERLIN) for line in parsed.records] == expected["records"]
    assert [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected] == expected[
        "rejected"
    ]


@pytest.mark.parametrize("file", SHARED_TRICKY, ids=lambda path: path.name)
def test_of_the_shared_tricky_rows_each_is_good_or_bad_as_expected(file: Path, shared_hosts: Path) -> None:
    tables = Tables()
    parse((shared_hosts / "host_info.csv").read_text(), timezone=UTC, now=NOW, tables=tables)
    expected = expected_of(file.parent)[file.name]
    parsed = parse(file.read_text(), timezone=UTC, now=NOW, hosts=tables.hosts)
    bad = [rejected.line for rejected in parsed.rejected]
    assert [line for line in bad if line not in expected["either_lines"]] == expected["bad_lines"]
    either = len(expected["either_lines"])
    assert len(expected["good_lines"]) <= len(parsed.records) <= len(expected["good_lines"]) + either


def test_the_shared_tables_are_read_whole_and_in_base_units(shared_hosts: Path) -> None:
    tables = Tables()
    info = parse((shared_hosts / "host_info.csv").read_text(), timezone=UTC, now=NOW, tables=tables)
    usage = parse((shared_hosts / "host_usage.csv").read_text(), timezone=UTC, now=NOW, hosts=tables.hosts)
    expected = expected_of(shared_hosts)
    assert (len(info.records), info.rejected) == (expected["hosts_registered"], ())
    assert (len(usage.records), usage.rejected) == (expected["rows"], ())
    first = info.records[0].record
    assert isinstance(first, HostInfo)
    assert (first.total_memory_bytes, first.l2_cache_bytes) == (8005908 * 1024, 256 * 1024)
    sample = usage.records[0].record
    assert isinstance(sample, HostUsage)
    assert (sample.memory_free_bytes, sample.disk_available_bytes) == (1758 << 20, 51200 << 20)


def test_at_the_end_of_summer_time_each_host_has_its_own_order() -> None:
    rows = [
        f"2025-10-26 {clock},{host},1,90,1,0,1"
        for clock in ("02:59:30", "02:00:30", "02:01:30")
        for host in (1, 2)
    ]
    parsed = parse("\n".join(rows), timezone=BERLIN, now=NOW, hosts=HOSTS)
    times = [line.record.time for line in parsed.records]
    assert [later - times[0] for later in times] == [0, 0, 60, 60, 120, 120]


def test_a_part_of_a_file_goes_on_with_the_columns_and_hosts_of_its_beginning() -> None:
    tables = Tables()
    tables.hosts.update(HOSTS)
    reordered = ["host_id", *(name for name in USAGE_COLUMNS if name != "host_id")]
    parse(",".join(reordered), timezone=UTC, now=NOW, tables=tables)
    later = parse("2,2026-03-01 10:00:00,1,90,1,0,1", timezone=UTC, now=NOW, first_line=500, tables=tables)
    assert [line.record.hostname for line in later.records] == ["b.example"]


def test_a_column_of_disk_sizes_is_read_where_there_is_one() -> None:
    header = "timestamp,host_id,memory_free,cpu_idle,cpu_kernel,disk_io,disk_available,disk_size\n"
    lines = "2022-03-14 00:00:02,3,24314,68,1,675,20480,40960\n2022-03-14 00:01:02,3,24314,68,1,675,20480,\n"
    parsed = parse(header + lines, timezone=UTC, now=NOW, hosts={3: "calc-01"})
    assert parsed.rejected == ()
    told = [as_fields(line, UTC) for line in parsed.records]
    assert [fields.get("disk_size") for fields in told] == [40960, None]
    wrong = header + "2022-03-14 00:00:02,3,24314,68,1,675,20480,-1\n"
    [rejected] = parse(wrong, timezone=UTC, now=NOW, hosts={3: "calc-01"}).rejected
    assert rejected.reason == "disk_size is negative"


def test_a_host_with_too_little_memory_is_told_so_in_the_unit_of_the_table() -> None:
    row = "1,a.example,8,x86_64,Xeon,2100.0,1024,1023,2026-03-01 10:00:00"
    [rejected] = parse(row, timezone=UTC, now=NOW).rejected
    assert rejected.reason == "total_mem is less than 1024 KiB"


def test_a_line_of_any_length_is_rejected_in_short() -> None:
    [rejected] = parse("9," * 2_000_000, timezone=UTC, now=NOW).rejected
    assert rejected.reason == "longer than 1000 characters"
    assert len(rejected.text) < 200


fields = st.one_of(
    st.sampled_from(
        [
            "1",
            "2",
            "-1",
            "90.5",
            "",
            "nan",
            "inf",
            "1e9",
            "2026-03-01 10:00:00",
            "2025-10-26 02:30:00",
            '"',
            "x",
        ]
    ),
    st.text(max_size=6),
)
lines = st.one_of(
    st.text(max_size=60),
    st.sampled_from([",".join(INFO_COLUMNS), ",".join(USAGE_COLUMNS)]),
    st.lists(fields, min_size=6, max_size=10).map(",".join),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=8))
def test_every_line_of_anything_is_a_record_rejected_blank_or_a_header(lines: list[str]) -> None:
    text = "\n".join(lines)
    parsed = parse(text, timezone=BERLIN, now=NOW, hosts=HOSTS)
    said = [line for line in text.split("\n") if line.strip()]
    assert len(said) - 1 <= len(parsed.records) + len(parsed.rejected) <= len(said)
    for line in parsed.records:
        if isinstance(line.record, HostInfo):
            check_host_info(line.record)
        else:
            check_host_usage(line.record)
    for rejected in parsed.rejected:
        assert rejected.text.isprintable()
