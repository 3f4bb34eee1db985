import json
from typing import Any

import pytest

from tests.user_dashboard.jobs_samples import published_jobs
from usermon.published_file import UnreadablePublishedFile
from usermon.published_jobs import JobsMedian, PublishedJobs, from_json, to_json

JOBS = published_jobs(median=JobsMedian(9, 120.5))


def test_what_is_written_is_read() -> None:
    assert from_json(to_json(JOBS)) == JOBS
    assert from_json(to_json(PublishedJobs("bob", "UTC", 1))) == PublishedJobs("bob", "UTC", 1)


@pytest.mark.parametrize(
    ("part", "column", "wrong"),
    [
        ("current", "processors", ["four", 1, 1]),
        ("current", "name", []),
        ("current", "reason", [7, None, None]),
        ("finished", "ended", ["yesterday"]),
        ("clusters", "every_seconds", [1.5]),
        ("weeks", "cpu_hours", [None, 1.0]),
        ("weeks", "unknown", []),
        ("month", "jobs", "three"),
        ("median", "cpu_hours", None),
    ],
)
def test_what_no_collector_wrote_is_refused(part: str, column: str, wrong: Any) -> None:
    fields = json.loads(to_json(JOBS))
    fields[part][column] = wrong
    with pytest.raises(UnreadablePublishedFile):
        from_json(json.dumps(fields).encode())


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"format": 1}'])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePublishedFile):
        from_json(content)
