import os
from pathlib import Path

import pytest

from web_shared.watched_file import WatchedFile


def test_a_file_is_read_once_while_it_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    reads: list[bytes] = []
    watched = WatchedFile(path, lambda content: reads.append(content) or content)  # type: ignore[func-returns-value]
    assert [watched.read(), watched.read()] == [b"one", b"one"]
    assert len(reads) == 1


def test_a_replaced_file_is_read_again_even_with_the_same_time_and_size(tmp_path: Path) -> None:
    path, beside = tmp_path / "file", tmp_path / "new"
    path.write_bytes(b"one")
    watched = WatchedFile(path, bytes)
    watched.read()
    beside.write_bytes(b"two")
    before = path.stat()
    os.utime(beside, ns=(before.st_atime_ns, before.st_mtime_ns))
    beside.replace(path)
    assert watched.read() == b"two"


def test_what_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    watched = WatchedFile(path, int)
    with pytest.raises(FileNotFoundError):
        watched.read()
    path.write_bytes(b"no number")
    with pytest.raises(ValueError, match="invalid literal"):
        watched.read()
    path.write_bytes(b"42")
    assert watched.read() == 42
