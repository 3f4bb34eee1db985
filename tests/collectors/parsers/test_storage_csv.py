"""The parser of USER.csv: sample files in pairs, the shared tricky ones, bad inputs, and whatever else."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.parsers.storage_csv import as_fields, parse
from tests.shared_data import expected_storage, shared_storage_files
from usermon.records import Parsed, StorageUsage
from usermon.units import gb_from_bytes

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "storage_csv").glob("*.csv"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def parse_text(text: str, timezone: str = "UTC", **others: Any) -> Parsed[StorageUsage]:
    return parse(text, user="alice", volume="local", timezone=ZoneInfo(timezone), now=NOW, **others)


def parse_bytes(content: bytes, timezone: str = "UTC") -> Parsed[StorageUsage]:
    return parse_text(content.decode("utf-8", "backslashreplace"), timezone)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 10


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    parsed = parse_bytes(sample.read_bytes(), expected["timezone"])
    records = [
        {"time": f"{r.time:%Y-%m-%dT%H:%M:%SZ}", "gb": gb_from_bytes(r.used_bytes), "nfiles": r.files}
        for r in parsed.records
    ]
    assert records == expected["records"]
    rejected = [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]
    assert rejected == expected["rejected"]


@pytest.mark.parametrize("file", shared_storage_files("tricky/csv/*.csv"), ids=lambda path: path.stem)
def test_a_shared_tricky_file_is_judged_line_by_line_as_expected(file: Path, shared_storage: Path) -> None:
    expected = expected_storage(shared_storage / "tricky")["csv"][file.name]
    parsed = parse_bytes(file.read_bytes())
    rejected = {r.line for r in parsed.rejected}
    either = set(expected.get("either_lines", ()))
    if file.name == "binary.csv":
        assert not parsed.records
        return
    assert rejected - either == set(expected["bad_lines"]) - either
    assert len(parsed.records) == expected["good_rows"] + len(either - rejected)
    if expected["last"]:
        last = dict(expected["last"], gb=pytest.approx(expected["last"]["gb"], abs=0))
        assert as_fields(parsed.records[-1], ZoneInfo("UTC")) == last


@pytest.mark.parametrize("file", shared_storage_files("*/*.csv"), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_row_of_a_shared_history_comes_back_as_it_stands(file: Path, shared_storage: Path) -> None:
    text = file.read_text(encoding="utf-8")
    parsed = parse_text(text, "Europe/Berlin")
    assert not parsed.rejected
    rows = [(d, float(gb), int(n)) for d, gb, n in csv.reader(io.StringIO(text))]
    fields = [as_fields(record, BERLIN) for record in parsed.records]
    assert [(f["date"], f["gb"], f["nfiles"]) for f in fields] == rows


def test_a_part_of_a_file_knows_its_line_numbers_and_takes_no_header() -> None:
    parsed = parse_text("date,GB,nfiles\n2026-03-02 09:00,1,1\nrubbish", first_line=40)
    assert [r.line for r in parsed.rejected] == [40, 42]
    assert len(parsed.records) == 1


def test_in_the_second_half_of_the_double_hour_a_part_goes_on_where_the_file_stood() -> None:
    after = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 02:30, the first time
    parsed = parse_text("2025-10-26 02:00,1,1\n", "Europe/Berlin", after=after)
    assert parsed.records[0].time == datetime(2025, 10, 26, 1, 0, tzinfo=UTC)


def test_a_row_out_of_order_does_not_move_the_double_hour() -> None:
    parsed = parse_text("2025-10-26 12:00,1,1\n2025-10-26 02:00,1,1\n", "Europe/Berlin")
    assert parsed.records[1].time == datetime(2025, 10, 26, 0, 0, tzinfo=UTC)


def test_a_clock_a_little_ahead_of_ours_is_forgiven() -> None:
    ahead = NOW + timedelta(hours=20)
    assert len(parse_text(f"{ahead:%Y-%m-%d %H:%M},1,1").records) == 1


@pytest.mark.parametrize("length", [1_000, 100_000])
@pytest.mark.parametrize("pattern", ["9", ",", '"', " ", "1e", "-", "2026-03-02 ", "0."])
def test_a_long_line_of_one_thing_over_and_over_is_one_rejected_line(pattern: str, length: int) -> None:
    parsed = parse_text("x" + pattern * (length // len(pattern)))
    assert (len(parsed.records), len(parsed.rejected)) == (0, 1)
    assert len(parsed.rejected[0].text) < 200


@given(st.text())
def test_any_text_is_parsed_and_every_line_accounted_for(text: str) -> None:
    parsed = parse_text(text)
    lines = text.split("\n")
    assert len(parsed.records) + len(parsed.rejected) <= len(lines)
    for rejected in parsed.rejected:
        assert rejected.text.isprintable()
        assert lines[rejected.line - 1].strip()


@given(st.binary())
def test_any_bytes_are_parsed(content: bytes) -> None:
    parse_bytes(content)


moments = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2026, 10, 31))  # noqa: DTZ001
rows = st.lists(
    st.tuples(moments, st.decimals(0, 2**33 - 1, places=3), st.integers(0, 2**63 - 1)), max_size=20
)


@given(rows, st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]))
def test_what_was_written_is_what_is_read(rows: list[tuple[datetime, Any, int]], timezone: str) -> None:
    zone = ZoneInfo(timezone)
    written = []
    for moment, gb, files in rows:
        time = moment.replace(tzinfo=UTC, second=0, microsecond=0)
        written.append((f"{time.astimezone(zone):%Y-%m-%d %H:%M}", float(gb), files))
    parsed = parse_text("".join(f"{d},{gb},{n}\n" for d, gb, n in written), timezone)
    assert not parsed.rejected
    fields = [as_fields(record, zone) for record in parsed.records]
    assert [(f["date"], f["gb"], f["nfiles"]) for f in fields] == written
