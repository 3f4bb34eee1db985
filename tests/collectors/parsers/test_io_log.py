"""The parser of I/O logs: sample files in pairs, the shared ones, parts of a log, and whatever else."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.io_log import IoLog, Record, as_fields, parse
from tests.io_samples import LARGE, NOW, ONE, SMALL, client, entry, log_text, row_line, session
from tests.shared_data import expected_of, shared_files
from usermon.io_records import IoEntry, IoSession, check_io_entry, check_io_session
from usermon.io_sizes import SizeRange
from usermon.records import Parsed

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "io_log").glob("*.log"))


def parse_bytes(content: bytes) -> Parsed[Record]:
    return parse(content.decode("utf-8", "backslashreplace"), now=NOW)


def rejected_of(parsed: Parsed[Record]) -> list[dict[str, object]]:
    return [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]


def facts(parsed: Parsed[Record]) -> dict[str, Any]:
    """What a log says in all: a session that comes again goes on, a row that comes again replaces."""
    rows: dict[tuple[int, str, str, str], dict[str, int]] = {}
    users: dict[str, list[str | None]] = {}
    for one in parsed.records:
        if isinstance(one, IoSession):
            who = one.client
            key = (one.entry.time, who.user, who.machine, who.machine_type)
            rows.setdefault(key, {}).update(zip(one.sizes, one.counts, strict=True))
            users[who.user] = [who.role, who.affiliation]
    per_user: Counter[str] = Counter()
    for (_, user, *_), counts in rows.items():
        per_user[user] += sum(counts.values())
    return {
        "log_count": len({e.time if isinstance(e, IoEntry) else e.entry.time for e in parsed.records}),
        "session_count": len(rows),
        "operation_count": sum(len(counts) for counts in rows.values()),
        "total_operations": sum(per_user.values()),
        "users": users,
        "per_user": dict(per_user),
    }


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 6


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    parsed = parse_bytes(sample.read_bytes())
    assert [as_fields(record, ZoneInfo("UTC")) for record in parsed.records] == expected["records"]
    assert rejected_of(parsed) == expected["rejected"]


@pytest.mark.parametrize("file", shared_files("io", "tricky/*.log"), ids=lambda path: path.stem)
def test_a_shared_tricky_log_says_what_is_expected(file: Path, shared_io: Path) -> None:
    expected = expected_of(shared_io / "tricky")["files"][file.name]["expected"]
    assert facts(parse_bytes(file.read_bytes())) == expected


def test_the_shared_log_says_what_is_expected_and_nothing_of_it_is_rejected(shared_io: Path) -> None:
    parsed = parse_bytes((shared_io / "io-public.log").read_bytes())
    stats = expected_of(shared_io)["get_database_stats"]
    found = facts(parsed)
    counts = ("log_count", "session_count", "operation_count", "total_operations")
    assert {name: found[name] for name in counts} == {name: stats[name] for name in counts}
    assert len(found["users"]) == stats["user_count"]
    assert parsed.rejected == ()


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_a_log_read_part_by_part_is_the_same_log(cut: int, shared_io: Path) -> None:
    lines = (shared_io / "io-public.log").read_text().split("\n")[:3000]
    log = IoLog(NOW)
    records: list[Record] = []
    for start in range(0, len(lines), cut):
        records += log.read("\n".join(lines[start : start + cut]), start + 1).records
    records += log.end().records
    assert tuple(records) == parse("\n".join(lines), now=NOW).records


def test_an_entry_without_sessions_is_an_entry() -> None:
    assert parse(f"Log: {entry().local_time} ({ONE})\n", now=NOW).records == (entry(),)


def test_an_entry_of_the_future_is_rejected_with_all_that_stands_in_it() -> None:
    parsed = parse(log_text([session(int(NOW) + 90_000)]), now=NOW)
    assert parsed.records == ()
    assert [(r.line, r.reason) for r in parsed.rejected] == [
        (1, "the time is in the future: is a clock wrong?"),
        (3, "the entry that it stands in was rejected"),
        (4, "the entry that it stands in was rejected"),
    ]


def test_rows_below_a_damaged_one_still_belong_to_their_session() -> None:
    text = log_text([session(rows={SMALL: 2, LARGE: 3})]).replace("[4K, 8K) ", "[4K; 8K) ")
    parsed = parse(text, now=NOW)
    assert parsed.records == (session(rows={LARGE: 3}),)
    assert [r.line for r in parsed.rejected] == [4]


def test_a_count_that_no_counter_reaches_is_rejected() -> None:
    text = log_text([session(rows={SMALL: 10**12 + 1, LARGE: 10**30, "[8K, 16K)": 10**12})])
    parsed = parse(text, now=NOW)
    assert parsed.records == (session(rows={"[8K, 16K)": 10**12}),)
    assert {r.reason for r in parsed.rejected} == {"a count that no counter reaches"}


def test_two_rows_that_are_as_long_as_plain_ones_together_are_not_taken_for_them() -> None:
    good = row_line(SMALL, 2)
    odd = good[:30] + "\n" + row_line(LARGE, 3)[:49]
    text = log_text([session(), session(ONE + 3600)]).replace(good, f"{good}\n{odd}", 1)
    text = log_text([session()]) + text  # so that the header is a known one
    assert parse(text, now=NOW) == read_line_by_line(text)


@pytest.mark.parametrize("pattern", ["@", "[", "Log: ", "@rd_client(", ",", ")", "(", " ", "9", "[4K, "])
def test_a_long_line_of_one_thing_over_and_over_is_one_rejected_line(pattern: str) -> None:
    parsed = parse("x" * (pattern == " ") + pattern * (60_000 // len(pattern)), now=NOW)
    assert (len(parsed.records), len(parsed.rejected)) == (0, 1)
    assert len(parsed.rejected[0].text) < 200


names = st.text(
    st.characters(blacklist_categories=("C", "Z"), blacklist_characters=",()[]/:"), min_size=1, max_size=9
)
sizes = st.lists(st.integers(0, 61), unique=True, max_size=8).map(sorted)
sessions = st.builds(
    lambda hour, user, machine, role, powers, count: session(
        ONE + 3600 * hour,
        {str(SizeRange(2**n, 2 ** (n + 1))): count * n for n in powers},
        client(user, machine, "vela", role),
    ),
    st.integers(0, 3),
    st.sampled_from(["alice", "bob", "ml_1.x-y"]),
    names,
    names,
    sizes,
    st.integers(0, 10**10),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(sessions, max_size=12))
def test_what_was_written_is_what_is_read(given_sessions: list[IoSession]) -> None:
    parsed = parse(log_text(given_sessions), now=NOW)
    assert not parsed.rejected
    read = [record for record in parsed.records if isinstance(record, IoSession)]
    assert [(r.entry, r.client, r.counts) for r in read] == [
        (s.entry, s.client, s.counts) for s in given_sessions
    ]


LINES = [
    "",
    "Attaching 3 probes...",
    f"Log: 2025-03-05 01:00:11 ({ONE})",
    f"Log: 2025-03-05 02:00:11 ({ONE + 3600})",
    "Log: 2025-03-05 02:00:11",
    "@rd_client(gpu08,vela)[alice(guest/vela)]:",
    "@rd_client(gpu09,vela)[bob()]:",
    "@rd_client(gpu09",
    "@other[12]: 7",
    row_line(SMALL, 2),
    row_line(LARGE, 0),
    row_line("[0]", 123_456_789),
    row_line(SMALL, 2)[:40],
    row_line(SMALL, 2).replace("|", "!", 1),
    " " + row_line(SMALL, 2)[:-1],
    "[8K, 4K)               1 |@|",
    "m\udc80ller",
]


def read_line_by_line(text: str) -> Parsed[Record]:
    log = IoLog(NOW)
    parts = [log.read(line, number) for number, line in enumerate(text.split("\n"), start=1)] + [log.end()]
    return Parsed(
        tuple(record for part in parts for record in part.records),
        tuple(rejected for part in parts for rejected in part.rejected),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_sessions_taken_at_once_are_those_taken_line_by_line(lines: list[str], newline: str) -> None:
    text = newline.join(lines * 2)
    assert parse(text, now=NOW) == read_line_by_line(text)


@settings(max_examples=60)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*LINES, "(", "[", "|", "\x00"])).map("\n".join)))
def test_any_text_is_parsed_and_every_line_accounted_for(text: str) -> None:
    parsed = parse(text, now=NOW)
    lines = text.split("\n")
    for rejected in parsed.rejected:
        assert rejected.text.isprintable()
        assert lines[rejected.line - 1].strip()
    for record in parsed.records:
        check_io_session(record) if isinstance(record, IoSession) else check_io_entry(record)


@given(st.binary())
def test_any_bytes_are_parsed(content: bytes) -> None:
    parse_bytes(content)
