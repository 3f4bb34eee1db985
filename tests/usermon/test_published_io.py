import json
from dataclasses import replace
from typing import Any

import pytest

from tests.user_dashboard.io_samples import published_io
from usermon.published_file import LARGEST_BYTES, UnreadablePublishedFile
from usermon.published_io import IoMedian, LogSilence, PublishedIo, from_json, to_json

IO = published_io(median=IoMedian(9, 26_000))


def test_what_is_written_is_read() -> None:
    assert from_json(to_json(IO)) == IO
    silent = replace(IO, silence=LogSilence(IO.hours.time[-1], of_all=False))
    assert from_json(to_json(silent)) == silent
    assert from_json(to_json(PublishedIo("bob", "UTC", 1))) == PublishedIo("bob", "UTC", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": 2},
        {"user": 7},
        {"total": "many"},
        {"total": True},
        {"hours": {"time": [1, 2], "total": [1]}},
        {"hours": {"time": [2, 1], "total": [1, 1]}},
        {"hours": {"time": [1], "total": [None]}},
        {"days": {"time": "soon", "total": []}},
        {"sizes": {"text": ["a"], "low": ["b"], "high": [None], "total": [1]}},
        {"machines": {"name": [1], "type": ["x"], "sessions": [1], "total": [1]}},
        {"machines": None},
        {"median": {"users": 9}},
        {"silence": {"since": 9}},
        {"silence": {"since": "long", "of_all": True}},
        {"silence": {"since": 9, "of_all": "all"}},
        {"more": "than is known"},
    ],
)
def test_what_no_collector_wrote_is_refused(wrong: dict[str, Any]) -> None:
    fields = json.loads(to_json(IO)) | wrong
    with pytest.raises(UnreadablePublishedFile):
        from_json(json.dumps(fields).encode())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePublishedFile):
        from_json(content)


def test_a_file_beyond_all_measure_is_not_parsed() -> None:
    with pytest.raises(UnreadablePublishedFile):
        from_json(to_json(replace(IO, user="x" * LARGEST_BYTES)))
