"""The dashboard follows the published file, and outlives a bad one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories import published
from tests.user_dashboard.samples import publish, volume
from user_dashboard.published import PublishedFile, prepare
from usermon.published_storage import UnreadablePublishedFile, VolumeHistory, to_json

GOOD = published(volumes={"local": volume(gb=7)})


def with_local(columns: dict[str, Any]) -> bytes:
    fields = json.loads(to_json(GOOD))
    return json.dumps(fields | {"volumes": {"local": columns}}).encode()


def newest_gb(file: PublishedFile) -> Any:
    storage = file.read().content
    assert storage is not None
    return storage.histories[0].gb[-1]


def test_a_user_without_file_has_no_data_and_no_problem(tmp_path: Path) -> None:
    reading = PublishedFile(tmp_path, "alice").read()
    assert (reading.content, reading.problem) == (None, None)


def test_a_replaced_file_is_seen_at_once(tmp_path: Path) -> None:
    publish(tmp_path, GOOD)
    file = PublishedFile(tmp_path, "alice")
    assert newest_gb(file) == 7
    before = file.read().revision
    publish(tmp_path, published(volumes={"local": volume(gb=8)}))
    assert newest_gb(file) == 8
    assert file.read().revision != before


def test_an_unchanged_file_keeps_its_revision(tmp_path: Path) -> None:
    publish(tmp_path, GOOD)
    file = PublishedFile(tmp_path, "alice")
    assert file.read() == file.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 2}',
        b"\xff\x00",
        b'{"format": 1, "user": "alice"}',
        with_local({"time": [1, 2], "used_bytes": [1], "files": [1, 2]}),
        with_local({"time": ["x"], "used_bytes": [1], "files": [1]}),
        with_local({"time": [1], "used_bytes": [1], "files": [1], "hard_limit_files": "many"}),
        with_local({"time": [1], "used_bytes": [1], "files": [1], "soft_limit_bytes": -1}),
        with_local({"time": [1], "used_bytes": [1], "files": [1], "bytes_grace": 6}),
    ],
)
def test_a_damaged_file_is_a_problem_and_the_last_good_one_stays(tmp_path: Path, content: bytes) -> None:
    publish(tmp_path, GOOD)
    file = PublishedFile(tmp_path, "alice")
    good = file.read()
    publish(tmp_path, content)
    reading = file.read()
    assert reading.problem is not None
    assert reading.content == good.content
    assert reading.revision != good.revision


def test_a_mended_file_ends_the_problem(tmp_path: Path) -> None:
    publish(tmp_path, b"damaged")
    file = PublishedFile(tmp_path, "alice")
    assert file.read().problem is not None
    publish(tmp_path, GOOD)
    assert file.read().problem is None
    assert newest_gb(file) == 7


def test_a_file_of_another_user_is_never_shown(tmp_path: Path) -> None:
    publish(tmp_path, published(user="bob", volumes={"local": volume()}))
    reading = PublishedFile(tmp_path, "alice").read()
    assert reading.content is None
    assert reading.problem is not None
    assert "another user" in reading.problem.message


def test_local_comes_first_then_cryo_then_others_by_name() -> None:
    volumes = {name: volume() for name in ("scratch", "cryo", "archive", "local")}
    histories = prepare(published(volumes=volumes)).histories
    assert [history.volume for history in histories] == ["local", "cryo", "archive", "scratch"]


def test_a_volume_without_samples_is_known_as_empty() -> None:
    storage = prepare(published(volumes={"local": volume(), "cryo": VolumeHistory([], [], [])}))
    assert [history.volume for history in storage.histories] == ["local"]
    assert storage.empty_volumes == ("cryo",)


def test_an_unknown_time_zone_falls_back_to_utc() -> None:
    assert prepare(published(timezone="Mars/Olympus", volumes={})).zone.key == "UTC"


def test_a_column_that_is_no_list_is_refused() -> None:
    damaged = VolumeHistory([1], [1], {"0": 1})  # type: ignore[arg-type]
    with pytest.raises(UnreadablePublishedFile):
        prepare(published(volumes={"local": damaged}))
