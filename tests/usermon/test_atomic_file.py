"""Files that are whole or not there."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tests.small_disk import mounted_small_disk
from usermon.atomic_file import write_atomically


def test_a_file_is_made_with_its_mode(tmp_path: Path) -> None:
    write_atomically(tmp_path / "hash", b"secret", mode=0o400)
    assert (tmp_path / "hash").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "hash").stat().st_mode) == 0o400


def test_a_file_is_replaced_though_it_may_not_be_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "hash", b"old", mode=0o400)
    write_atomically(tmp_path / "hash", b"new", mode=0o400)
    assert (tmp_path / "hash").read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["hash"]


def test_it_replaces_a_link_and_not_what_the_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("precious")
    (tmp_path / "link").symlink_to("elsewhere")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "elsewhere").read_text() == "precious"
    assert (tmp_path / "link").read_bytes() == b"new"


def test_a_reader_never_sees_a_half(tmp_path: Path) -> None:
    file = tmp_path / "storage.json"
    versions = [bytes([65 + n]) * 200_000 for n in range(2)]
    write_atomically(file, versions[0])
    done = threading.Event()
    halves: list[bytes] = []

    def read() -> None:
        while not done.is_set():
            content = file.read_bytes()
            if content not in versions:
                halves.append(content)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(40):
        write_atomically(file, versions[n % 2])
    done.set()
    reader.join()
    assert halves == []


def test_on_a_full_disk_the_old_file_stays_and_nothing_else_is_left(tmp_path: Path) -> None:
    with mounted_small_disk(tmp_path, size="100k") as disk:
        write_atomically(disk / "storage.json", b"old")
        with pytest.raises(OSError, match="No space left on device"):
            write_atomically(disk / "storage.json", b"x" * 200_000)
        assert (disk / "storage.json").read_bytes() == b"old"
        assert [file.name for file in disk.iterdir()] == ["storage.json"]


def test_into_a_folder_that_is_gone_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "gone" / "storage.json", b"x")


def test_an_owner_is_given_where_we_may(tmp_path: Path) -> None:
    owner = (10_001, 10_001) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    write_atomically(tmp_path / "hash", b"secret", owner=owner)
    status = (tmp_path / "hash").stat()
    assert (status.st_uid, status.st_gid) == owner


def test_a_very_long_name_is_no_trouble(tmp_path: Path) -> None:
    write_atomically(tmp_path / ("x" * 255), b"content")
    assert (tmp_path / ("x" * 255)).read_bytes() == b"content"
