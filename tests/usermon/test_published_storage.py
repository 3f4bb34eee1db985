"""The file between collectors and dashboards."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import published
from usermon.published_storage import (
    FORMAT,
    PublishedStorage,
    UnreadablePublishedFile,
    VolumeHistory,
    from_json,
    to_json,
)

amounts = st.integers(0, 2**63 - 1)
histories = st.lists(st.tuples(amounts, amounts, amounts), max_size=5).map(
    lambda rows: VolumeHistory([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])
)


@given(st.dictionaries(st.sampled_from(["local", "cryo", "tape"]), histories))
def test_what_is_written_is_what_is_read(volumes: dict[str, VolumeHistory]) -> None:
    written = published(volumes=volumes)
    assert from_json(to_json(written)) == written


def test_without_reference_lines_too() -> None:
    written = PublishedStorage("alice", "UTC", 1, None, None, {})
    assert from_json(to_json(written)) == written


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"{}",
        b'{"format": 1}',
        b"\xff\xfe",
        to_json(published())[:-40],
        to_json(published()).replace(b'"format":1', b'"format":2'),
        to_json(published()).replace(b'"files"', b'"file"'),
        json.dumps({**json.loads(to_json(published())), "volumes": [1]}).encode(),
        json.dumps({**json.loads(to_json(published())), "extra": 1}).encode(),
    ],
)
def test_anything_else_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(UnreadablePublishedFile) as caught:
        from_json(content)
    assert caught.value.remedy


def test_the_format_is_numbered() -> None:
    assert json.loads(to_json(published()))["format"] == FORMAT
