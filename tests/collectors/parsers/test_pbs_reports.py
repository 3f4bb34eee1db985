"""Parsers of Torque and PBS Pro: sample files in pairs, every shared file, bad input, and whatever else."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers import pbspro, torque
from collectors.parsers.pbs_items import Item, ReportedJob, ReportedNode, as_fields
from collectors.parsers.pbspro.json_text import NotJson, read_json
from collectors.pbs_cluster import joined
from tests.shared_data import expected_of, shared_files
from usermon.queue_records import Job, Node, check_job, check_node
from usermon.records import Parsed

FOLDER = Path(__file__).parent.parent / "samples"
PARSERS: dict[str, Any] = {"torque": torque, "pbspro": pbspro}
SAMPLES = sorted(sample for name in PARSERS for sample in (FOLDER / name).glob("*.txt"))
PBSPRO = [file for file in shared_files("queues/pbspro", "*.json") if file.name != "expected.json"]
TORQUE = shared_files("queues/torque/real", "*.txt")
UTC = ZoneInfo("UTC")


def read(file: Path, zone: ZoneInfo = UTC) -> Parsed[Item]:
    text = file.read_bytes().decode("utf-8", "backslashreplace")
    parser = PARSERS.get(file.parent.name, torque)
    parsed: Parsed[Item] = parser.parse(text, timezone=zone)
    return parsed


def fields_of(items: Any) -> list[dict[str, object]]:
    return [as_fields(item) for item in items]


def rejected_of(parsed: Parsed[Item]) -> list[dict[str, object]]:
    return [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]


def jobs_of(items: Any) -> list[Job]:
    return [item.job for item in items if isinstance(item, ReportedJob)]


def nodes_of(items: Any) -> list[Node]:
    return [item.node for item in items if isinstance(item, ReportedNode)]


def test_there_are_samples_of_both_parsers() -> None:
    assert {sample.parent.name for sample in SAMPLES} == PARSERS.keys()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    parsed = read(sample, ZoneInfo("Europe/Berlin"))
    assert fields_of(parsed.records) == expected["records"]
    assert rejected_of(parsed) == expected["rejected"]


# Of a node that does not speak, the program that gave the report says a load of zero; nobody knows it.
SILENT = {f"bench{number}.cluster-a.example" for number in range(1, 6)}


def test_the_five_dumps_of_one_moment_give_exactly_the_expected_report(shared_queues: Path) -> None:
    folder = shared_queues / "torque" / "snapshot-a"
    report = expected_of(folder)["report"]
    parsed = [read(file) for file in sorted(folder.glob("*.txt"))]
    assert [one.rejected for one in parsed] == [()] * 5
    records = fields_of(joined([item for one in parsed for item in one.records]))
    for part, key in (("jobs", "job_number"), ("nodes", "n_procs")):
        of_part = [record for record in records if key in record]
        for expected in report[part]:
            if expected["name"] in SILENT:
                expected["load"] = None
        wanted = [set(expected) for expected in report[part]]
        assert [{name: r[name] for name in w} for r, w in zip(of_part, wanted, strict=True)] == report[part]
    groups = {str(record["user"]): record["group"] for record in records if "group" in record}
    assert groups == report["groups"]


@pytest.mark.parametrize("file", TORQUE, ids=lambda path: path.stem)
def test_what_other_sites_printed_gives_exactly_what_is_expected(file: Path, shared_queues: Path) -> None:
    expected = expected_of(shared_queues / "torque" / "real")["files"][file.name]
    parsed = read(file)
    assert parsed.rejected == ()
    wanted = expected.get("jobs", expected.get("node_list"))
    records = fields_of(parsed.records)
    assert [{name: r[name] for name in w} for r, w in zip(records, wanted, strict=True)] == wanted
    nodes = nodes_of(parsed.records)
    if nodes:
        assert Counter(node.state for node in nodes) == expected["nodes_by_state"]
        assert sum(node.n_running for node in nodes) == expected["slots_used"]


@pytest.mark.parametrize("file", PBSPRO, ids=lambda path: path.stem)
def test_a_dump_of_pbs_pro_gives_exactly_what_is_expected(file: Path, shared_queues: Path) -> None:
    expected = expected_of(shared_queues / "pbspro")["files"][file.name]
    parsed = read(file)
    assert parsed.rejected == ()
    jobs, nodes = jobs_of(parsed.records), nodes_of(parsed.records)
    running: Counter[str] = Counter()
    for job in jobs:
        if job.status == "R":
            running[job.user] += job.processors
    free = [node for node in nodes if node.state == "free"]
    found = {
        "jobs": len(jobs),
        "jobs_by_state": Counter(job.status for job in jobs),
        "jobs_by_queue": Counter(job.queue for job in jobs),
        "cpus_by_user_running": running,
        "cpus_running": sum(running.values()),
        "users": sorted({job.user for job in jobs}),
        "nodes": len(nodes),
        "nodes_by_state": Counter(node.state for node in nodes),
        "cpus": sum(node.n_procs for node in nodes),
        "cpus_assigned": sum(node.n_running for node in nodes),
        "gpus": sum(node.gpus for node in nodes),
        "free_nodes": [node.name for node in free],
        "cpus_on_free_nodes": sum(node.n_procs for node in free),
        "distinct_jobs_on_nodes": len({job_id for node in nodes for job_id in node.job_ids}),
    }
    facts = {name: value for name, value in expected.items() if name not in ("source", "note")}
    assert {name: found[name] for name in facts} == facts


def test_every_shared_dump_is_among_those(shared_queues: Path) -> None:
    for files, folder in ((PBSPRO, "pbspro"), (TORQUE, "torque/real")):
        assert {file.name for file in files} == expected_of(shared_queues / folder)["files"].keys()


def test_a_folded_dump_and_several_dumps_in_one_text_give_the_same(shared_queues: Path) -> None:
    folder = shared_queues / "torque" / "snapshot-a"
    texts = [(folder / f"{name}.txt").read_text() for name in ("qstat-f1", "pbsnodes", "diagnose-q", "group")]
    folded = "\n".join(fold(line) for line in texts[0].split("\n"))
    apart = [item for text in texts for item in torque.parse(text, timezone=UTC).records]
    assert torque.parse("".join([folded, *texts[1:]]), timezone=UTC) == Parsed(tuple(apart), ())
    windows = "\ufeff" + "".join(texts).replace("\n", "\r\n")
    assert torque.parse(windows, timezone=UTC).records == tuple(apart)


def fold(line: str) -> str:
    """As qstat does without -1."""
    return "\n\t".join(line[start : start + 78] for start in range(0, max(1, len(line)), 78))


def test_a_dump_cut_anywhere_holds_no_job_that_the_whole_one_does_not(shared_queues: Path) -> None:
    text = (shared_queues / "torque" / "real" / "qstat-f-folded.txt").read_text()
    whole = {job.job_id: job for job in jobs_of(torque.parse(text, timezone=UTC).records)}
    for end in range(0, len(text), 7):
        for job in jobs_of(torque.parse(text[:end], timezone=UTC).records):
            # What stands below the cut is not told; what is told is true.
            assert (job.processors, job.nodes) == (whole[job.job_id].processors, whole[job.job_id].nodes)


def test_json_cut_anywhere_is_rejected_with_its_line(shared_queues: Path) -> None:
    text = (shared_queues / "pbspro" / "qstat-bad-number.json").read_text().rstrip()
    for end in range(1, len(text), 97):
        parsed = pbspro.parse(text[:end], timezone=UTC)
        assert (parsed.records, len(parsed.rejected)) == ((), 1)
        assert 1 <= parsed.rejected[0].line <= text[:end].count("\n") + 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("qstat: cannot connect to server", "no JSON"),
        ("[" * 100_000, "no JSON: nested deeper than PBS prints"),
        ('{"Jobs": []}', "Jobs is no object"),
        ('{"timestamp": {}, "Jobs": {}}', "timestamp is no count"),
        ('{"timestamp": 99999999999999999999, "nodes": {}}', "timestamp is no count"),
        ('{"timestamp": 1} {"timestamp": 2}', "no JSON: Extra data"),
        ('{"Jobs": {1.pbs: {}}}', "no JSON: a name without quotation marks"),
        ('{"jobs": []}', "no output of qstat or pbsnodes"),
        ("[]", "no output of qstat or pbsnodes"),
    ],
)
def test_what_is_no_dump_of_pbs_is_rejected_as_a_whole(text: str, reason: str) -> None:
    parsed = pbspro.parse(text, timezone=UTC)
    assert parsed.records == ()
    assert [r.reason.startswith(reason) for r in parsed.rejected] == [True], parsed.rejected


@pytest.mark.parametrize("text", ["", "\n \n\n", "# a comment of nobody\x00\n", "\x7fELF\x02\x01\n" * 3])
def test_torque_with_nothing_to_tell_prints_nothing_and_anything_else_is_rejected(text: str) -> None:
    parsed = torque.parse(text, timezone=UTC)
    assert parsed.records == ()
    assert len(parsed.rejected) == len([line for line in text.split("\n") if line.strip()])


@pytest.mark.parametrize("pattern", ["9", "/", "+n/1", " = ", "0-", ",", "[", '"', "\\", "{", "a:"])
def test_a_line_without_end_takes_no_longer_than_it_is_long(pattern: str) -> None:
    line = pattern * (1_000_000 // len(pattern))
    assert torque.parse(f"x{line}\n", timezone=UTC).records == ()
    assert pbspro.parse(f'{{"Jobs":{line}', timezone=UTC).records == ()


valid_json = st.recursive(
    st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
)


@given(valid_json, st.booleans())
@settings(max_examples=60, deadline=None)
def test_json_means_what_it_says_with_a_comma_too_many_as_without(value: object, is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii, indent=1)
    assert read_json(text) == value
    if text.endswith(("]", "}")) and value:
        assert read_json(f"{text[:-1]},{text[-1]}") == value


torn = [sample.read_text(encoding="utf-8") for sample in SAMPLES]


@given(
    st.sampled_from(torn),
    st.lists(
        st.tuples(st.integers(0, 3000), st.text(max_size=6) | st.sampled_from(['"', "\n", "}", " = ", "\0"])),
        max_size=4,
    ),
    st.integers(0, 3000),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_read_gives_jobs_and_nodes_that_can_be_or_is_rejected(
    text: str, changes: list[tuple[int, str]], end: int
) -> None:
    for at, odd in changes:
        text = text[:at] + odd + text[at + len(odd) :]
    text = text[: max(end, len(text) // 2)]
    for parser in PARSERS.values():
        parsed = parser.parse(text, timezone=UTC)
        for job in jobs_of(parsed.records):
            check_job(job)
        for node in nodes_of(parsed.records):
            check_node(node)
        for rejected in parsed.rejected:
            assert rejected.reason
            assert 1 <= rejected.line <= text.count("\n") + 1
            assert rejected.text.isprintable()


def test_unmended_json_says_where_it_breaks() -> None:
    with pytest.raises(NotJson) as caught:
        read_json('{\n "a": 007,\n "b": say "hello"\n}')
    assert (caught.value.line, caught.value.text.strip()) == (3, '"b": say "hello"')
