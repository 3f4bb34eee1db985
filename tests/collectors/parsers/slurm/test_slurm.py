"""The parser of what Slurm prints: samples in pairs, the shared files, and whatever else."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collectors.parsers.slurm import as_fields, parse
from collectors.parsers.slurm.records import QueuedJob, SlurmRecord
from tests.shared_data import expected_of, shared_files
from usermon.queue_records import FinishedJob, Node
from usermon.records import Parsed

SAMPLES_FOLDER = Path(__file__).parent.parent.parent / "samples" / "slurm"
SAMPLES = sorted(SAMPLES_FOLDER.glob("*.txt"))
UTC = ZoneInfo("UTC")
NOW = 2_000_000_000.0

Fields = dict[str, Any]


def parse_text(text: str, timezone: str = "UTC") -> Parsed[SlurmRecord]:
    return parse(text, cluster="thicket", timezone=ZoneInfo(timezone), now=NOW)


def fields_of(text: str) -> list[Fields]:
    return [as_fields(record, UTC) for record in parse_text(text).records]


def sample(name: str) -> str:
    return (SAMPLES_FOLDER / name).read_bytes().decode()


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 20


@pytest.mark.parametrize("file", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(file: Path) -> None:
    expected = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    parsed = parse_text(file.read_bytes().decode("utf-8", "backslashreplace"), expected["timezone"])
    records = [as_fields(record, ZoneInfo(expected["timezone"])) for record in parsed.records]
    assert records == expected["records"]
    rejected = [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]
    assert rejected == expected["rejected"]


def test_text_and_json_of_one_moment_say_the_same_of_every_job() -> None:
    text = {one["job_id"]: one for one in fields_of(sample("22.05--squeue.txt"))}
    dump = {one["job_id"]: one for one in fields_of(sample("22.05--squeue-json.txt"))}
    for job_id, job in dump.items():
        # JSON tells no elapsed time of a job that runs.
        told = {key: value for key, value in job.items() if key != "elapsed_seconds"}
        assert told == {key: text[job_id][key] for key in told}


@pytest.mark.parametrize("number", [65534, 65535, 2**31])
def test_no_number_of_a_job_is_taken_for_none(number: int) -> None:
    job = {"job_id": number, "job_state": "RUNNING", "user_name": "alice", "cpus": 1}
    assert fields_of(json.dumps({"jobs": [job]}))[0]["job_id"] == str(number)


def shared_slurm_files(*names: str) -> list[Path]:
    return [file for file in shared_files("queues/slurm", "*") if file.name in names]


def running(jobs: list[Fields], count: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for job in jobs:
        if job["state"] == "RUNNING" and job[count]:
            sums[job["user"]] += job[count]
    return dict(sums)


JOB_DUMPS = ("squeue-v0.0.37.json", "jobs-v0.0.41.json", "jobs-gpus-v0.0.41.json")
NODE_DUMPS = ("sinfo-v0.0.37.json", "nodes-v0.0.41.json", "nodes-mixed-v0.0.41.json")


def expected_file(shared_slurm: Path, file: Path) -> Fields:
    expected: Fields = expected_of(shared_slurm)["files"][file.name]
    return expected


def test_every_shared_file_has_its_test(shared_slurm: Path) -> None:
    others = {"sinfo-N-o-n,T.txt", "squeue-o-A,T.txt", "sinfo-node-mem-cpus-state.txt", "sacct-parsable2.txt"}
    more = {"squeue-all-fields.txt", "sinfo-default.txt"}
    assert set(expected_of(shared_slurm)["files"]) == {*JOB_DUMPS, *NODE_DUMPS, *others, *more}


@pytest.mark.parametrize("file", shared_slurm_files(*JOB_DUMPS), ids=lambda path: path.name)
def test_a_shared_dump_of_jobs_is_read_as_expected(file: Path, shared_slurm: Path) -> None:
    expected = expected_file(shared_slurm, file)
    assert not parse_text(file.read_text()).rejected
    jobs = fields_of(file.read_text())
    assert len(jobs) == expected["jobs"]
    assert Counter(job["state"] for job in jobs) == expected["jobs_by_state"]
    assert Counter(job["user"] for job in jobs) == expected["jobs_by_user"]
    assert Counter(job["partition"] for job in jobs) == expected["jobs_by_partition"]
    assert running(jobs, "cpus") == expected["cpus_by_user_running"]
    assert running(jobs, "gpus") == expected["gpus_by_user_running"]
    assert sum(job["array_job_id"] is not None for job in jobs) == expected["array_jobs"]


@pytest.mark.parametrize("file", shared_slurm_files(*NODE_DUMPS), ids=lambda path: path.name)
def test_a_shared_dump_of_nodes_is_read_as_expected(file: Path, shared_slurm: Path) -> None:
    expected = expected_file(shared_slurm, file)
    nodes = fields_of(file.read_text())
    idle = [node for node in nodes if node["state"] == "idle"]
    assert len(nodes) == expected["nodes"]
    assert Counter(node["state"] for node in nodes) == expected["nodes_by_state"]
    assert sum(node["cpus"] for node in nodes) == expected["cpus"]
    assert sum(node["cpus_allocated"] for node in nodes) == expected["cpus_allocated"]
    assert [node["name"] for node in idle] == expected["idle_nodes"]
    assert sum(node["cpus"] for node in idle) == expected["cpus_on_idle_nodes"]


def test_shared_texts_of_pairs_are_read_line_by_line(shared_slurm: Path) -> None:
    expected = expected_of(shared_slurm)["files"]
    nodes = fields_of((shared_slurm / "sinfo-N-o-n,T.txt").read_text())
    assert len(nodes) == expected["sinfo-N-o-n,T.txt"]["lines"]
    assert Counter(node["state"] for node in nodes) == expected["sinfo-N-o-n,T.txt"]["nodes_by_state"]
    jobs = fields_of((shared_slurm / "squeue-o-A,T.txt").read_text())
    assert len(jobs) == expected["squeue-o-A,T.txt"]["lines"]
    assert Counter(job["state"] for job in jobs) == expected["squeue-o-A,T.txt"]["jobs_by_state"]


def test_a_node_in_several_partitions_is_counted_once(shared_slurm: Path) -> None:
    expected = expected_of(shared_slurm)["files"]
    nodes = fields_of((shared_slurm / "sinfo-node-mem-cpus-state.txt").read_text())
    assert len(nodes) == expected["sinfo-node-mem-cpus-state.txt"]["nodes"]
    assert sum(node["cpus"] for node in nodes) == expected["sinfo-node-mem-cpus-state.txt"]["cpus_total"]
    plain = fields_of((shared_slurm / "sinfo-default.txt").read_text())
    answers = expected["sinfo-default.txt"]
    assert len(plain) == answers["distinct_nodes"]
    assert Counter(node["state"] for node in plain) == answers["distinct_nodes_by_state"]
    assert sorted(node["name"] for node in plain if node["state"] == "idle") == answers["idle_nodes"]
    rows = Counter((partition, node["state"]) for node in plain for partition in node["partitions"])
    assert rows == {(row["partition"], row["state"]): row["nodelist_expanded"] for row in answers["rows"]}


@pytest.mark.parametrize("has_header", [True, False])
def test_the_shared_jobs_of_sacct_are_read_with_and_without_header(
    has_header: bool, shared_slurm: Path
) -> None:
    expected = expected_of(shared_slurm)["files"]["sacct-parsable2.txt"]
    header, _, rest = (shared_slurm / "sacct-parsable2.txt").read_text().partition("\n")
    parsed = parse_text(f"{header}\n{rest}" if has_header else rest)
    assert not parsed.rejected
    jobs: list[Fields] = [as_fields(record, UTC) for record in parsed.records]
    assert len(jobs) == expected["rows"]
    assert Counter(job["state"] for job in jobs) == expected["by_state"]
    assert Counter(job["user"] for job in jobs) == expected["jobs_by_user"]
    seconds: Counter[str] = Counter()
    for job in jobs:
        seconds[job["user"]] += job["cpu_seconds"]
    assert seconds == expected["cpu_seconds_by_user"]


def test_a_shared_name_that_holds_the_separator_shifts_nothing(shared_slurm: Path) -> None:
    expected = expected_of(shared_slurm)["files"]["squeue-all-fields.txt"]
    jobs = fields_of((shared_slurm / "squeue-all-fields.txt").read_text())
    for job, wanted in zip(jobs, expected["jobs"], strict=True):
        told = {**wanted, "cpus": int(wanted["cpus"]), "nodes": int(wanted["nodes"])}
        assert told == {key: job[key] for key in told}
    assert running(jobs, "cpus") == expected["cpus_by_user_running"]


def test_the_shared_raw_list_of_the_pipe_script_is_read_without_its_steps(shared_slurm: Path) -> None:
    folder = shared_slurm.parent / "slurm-pipe"
    parsed = parse_text((folder / "sacct-raw.txt").read_text())
    assert not parsed.rejected
    expected = expected_of(folder)["files"]["slurm.log"]["expected"]
    assert Counter(as_fields(one, UTC)["state"] for one in parsed.records) == expected["by_state"]


@pytest.mark.parametrize(
    "pattern", ["9", ",", "|", '"', " ", "1,", "[", "{", "n[1-9],", "1|", "\x1f", "JOBID|"]
)
@pytest.mark.parametrize("length", [1_000, 200_000])
def test_a_long_line_of_one_thing_over_and_over_is_no_record(pattern: str, length: int) -> None:
    parsed = parse_text(pattern * (length // len(pattern)))
    assert not parsed.records
    assert all(len(rejected.text) < 200 and len(rejected.reason) < 300 for rejected in parsed.rejected)


@settings(max_examples=60)
@given(st.text())
@example("JOBID|STATE\n1|RUNNING\n")
@example('{"jobs": [{"job_id": 1e400}]}')
def test_any_text_is_parsed_and_what_is_rejected_can_be_shown(text: str) -> None:
    for rejected in parse_text(text).rejected:
        assert rejected.text.isprintable()
        assert rejected.line >= 1


lines = st.sampled_from(
    [line for file in SAMPLES for line in sample(file.name).split("\n") if len(line) < 3_000]
)


@settings(max_examples=60)
@given(st.lists(lines, max_size=6), st.integers(0, 2_000), st.text(max_size=3))
def test_mixed_and_damaged_samples_never_give_half_a_record(found: list[str], place: int, text: str) -> None:
    mixed = "\n".join(found)
    for record in parse_text(mixed[:place] + text + mixed[place:]).records:
        assert isinstance(record, QueuedJob | Node | FinishedJob)
        if isinstance(record, Node):
            assert record.name
            assert record.state
        else:
            assert as_fields(record, UTC)["job_id"]
