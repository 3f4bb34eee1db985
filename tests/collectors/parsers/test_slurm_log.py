"""The parser of the pipe log: samples in pairs, the shared logs, and whatever else."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.slurm_log import LoggedJob, as_fields, collected_at, parse
from tests.shared_data import expected_of, shared_files
from usermon.records import Parsed

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "slurm_log").glob("*.log"))
UTC = ZoneInfo("UTC")
NOW = 2_000_000_000.0
HEADER = "# Slurm jobs from last 4 hours collected at 2026-03-02 14:10:03\n"


def parse_text(text: str, timezone: str = "UTC") -> Parsed[LoggedJob]:
    return parse(text, timezone=ZoneInfo(timezone), now=NOW)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 3


@pytest.mark.parametrize("file", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(file: Path) -> None:
    expected = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["origin"]
    parsed = parse_text(file.read_bytes().decode(), expected["timezone"])
    records = [as_fields(record, ZoneInfo(expected["timezone"])) for record in parsed.records]
    assert records == expected["records"]
    rejected = [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected]
    assert rejected == expected["rejected"]


def per_user(jobs: list[dict[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for job in jobs:
        if job["state"] == "RUNNING":
            of_user = sums.setdefault(
                job["user"], {"cpus": 0, "memory_mb": 0, "gpus": 0, "running_jobs": 0, "hosts": Counter()}
            )
            of_user["running_jobs"] += 1
            for name in ("cpus", "memory_mb", "gpus"):
                of_user[name] += job[name]
            of_user["hosts"][job["node_list"]] += job["gpus"]
    return sums


@pytest.mark.parametrize("file", shared_files("queues/slurm-pipe", "*.log"), ids=lambda path: path.stem)
def test_a_shared_log_is_read_as_expected(file: Path, shared_slurm: Path) -> None:
    answers = expected_of(file.parent)["files"][file.name]
    expected = answers["expected"]
    text = file.read_bytes().decode()
    parsed = parse_text(text)
    jobs = [as_fields(record, UTC) for record in parsed.records]
    # A job of nobody is refused, as the shared note allows.
    nobodys = [r.line for r in parsed.rejected if r.reason == "the user is missing"]
    assert len(jobs) + len(nobodys) == expected["jobs"]
    refused = Counter({"COMPLETED": len(nobodys)})
    assert Counter(job["state"] for job in jobs) + refused == Counter(expected["by_state"])
    assert [r.line for r in parsed.rejected if r.line not in nobodys] == expected["bad_lines"]
    assert per_user(jobs) == expected["running_by_user"]
    assert {job["collected_at"] for job in jobs} <= {answers["collected_at"]}
    moment = collected_at(text, timezone=UTC, now=NOW)
    assert (moment is None) == (answers["collected_at"] is None)


def test_the_newest_part_of_a_log_says_when_it_was_collected_jobs_in_it_or_not() -> None:
    text = HEADER + HEADER.replace("14:", "16:")
    assert collected_at(text, timezone=UTC, now=NOW) == 1_772_467_803
    assert collected_at(text + HEADER.replace("2026", "2099"), timezone=UTC, now=NOW) == 1_772_467_803
    assert collected_at("", timezone=UTC, now=NOW) is None


def test_a_job_that_runs_began_its_elapsed_time_before_the_collection() -> None:
    parsed = parse_text(HEADER + "1|alice|gpu|8|24000|1|1|gpu04|1:00:00|RUNNING|eval|Unknown\n")
    assert parsed.records[0].job.started == 1_772_460_603 - 3600


@settings(max_examples=60)
@given(st.text())
def test_any_text_is_parsed_and_every_line_accounted_for(text: str) -> None:
    parsed = parse_text(text)
    lines = [line for line in text.removeprefix("\ufeff").split("\n") if line and not line.isspace()]
    comments = [line for line in lines if line.startswith("#")]
    assert len(parsed.records) + len(parsed.rejected) >= len(lines) - len(comments)
    assert all(rejected.text.isprintable() for rejected in parsed.rejected)


fields = st.sampled_from(
    ["1", "alice", "", "8", "-1", "1e9", "gpu[1-3]", "gpu[9-1]", "0:01", "RUNNING", "x|y"]
)


@settings(max_examples=60)
@given(st.lists(fields, min_size=10, max_size=14))
def test_any_fields_make_a_whole_record_or_a_rejected_line(found: list[str]) -> None:
    parsed = parse_text("|".join(found))
    assert len(parsed.records) + len(parsed.rejected) == 1
