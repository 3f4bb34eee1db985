"""Walking a real folder tree: what is counted, what is left alone, how fast, and how it ends."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.tree_walk import Holding, Stopped, Walked, walk
from tests.shared_data import REPOSITORY
from tests.small_disk import mounted_small_disk

ME = os.getuid()
# Root may read everything, so that root becomes somebody else first.
AS_NOBODY = """
import os, sys
from pathlib import Path
from collectors.tree_walk import walk

if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
walked = walk(Path(sys.argv[1]), entries_a_second=1e6, counts_blocks=False, is_stopping=lambda: False)
(fault,) = walked.faults
print(sum(held.files for held in walked.by_owner.values()), fault.path, fault.reason)
"""


def walk_all(root: Path, counts_blocks: bool = False, **more: object) -> Walked:
    return walk(root, entries_a_second=1e6, counts_blocks=counts_blocks, is_stopping=lambda: False, **more)  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three files of 1000, 20 and 0 bytes in three folders."""
    root = tmp_path / "tree"
    (root / "a" / "b").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "one").write_bytes(b"x" * 1000)
    (root / "a" / "two").write_bytes(b"x" * 20)
    (root / "a" / "b" / "three").touch()
    return root


def test_files_and_their_sizes_are_counted_by_owner(tree: Path) -> None:
    walked = walk_all(tree)
    assert walked.by_owner == {ME: Holding(used_bytes=1020, files=3)}
    assert (walked.faults, walked.entries) == ([], 6)


def test_blocks_are_what_du_says(tree: Path) -> None:
    (tree / "holes").touch()
    os.truncate(tree / "holes", 1 << 30)
    by_du = subprocess.run(["du", "-s", "--block-size=1", tree], capture_output=True, check=True, text=True)
    own = tree.stat().st_blocks * 512  # of the tree's own folder, which du counts too
    assert walk_all(tree, counts_blocks=True).by_owner[ME].used_bytes == int(by_du.stdout.split()[0]) - own
    assert walk_all(tree).by_owner[ME].used_bytes == 1020 + (1 << 30)


def test_a_file_with_several_names_counts_once(tree: Path) -> None:
    for name in ("again", "a/again", "a/b/again"):
        os.link(tree / "one", tree / name)
    assert walk_all(tree).by_owner == {ME: Holding(1020, 3)}


def test_a_name_outside_of_the_tree_does_not_count_the_file_twice(tree: Path) -> None:
    os.link(tree / "one", tree.parent / "outside")
    os.link(tree / "one", tree / "again")
    assert walk_all(tree).by_owner == {ME: Holding(1020, 3)}


def test_links_are_counted_as_files_and_not_followed(tree: Path) -> None:
    elsewhere = tree.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "large").write_bytes(b"x" * 50_000)
    (tree / "link").symlink_to(elsewhere)
    (tree / "loop").symlink_to(tree)
    (tree / "nowhere").symlink_to("/no/such/file")
    held = walk_all(tree).by_owner[ME]
    assert held.files == 6
    assert held.used_bytes < 2_000


def test_pipes_are_counted_and_not_opened(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    assert walk_all(tree).by_owner[ME].files == 4


def test_another_file_system_is_left_alone_and_said(tree: Path) -> None:
    with mounted_small_disk(tree / "empty") as disk:
        (disk / "large").write_bytes(b"x" * 50_000)
        walked = walk_all(tree)
    assert walked.by_owner == {ME: Holding(1020, 3)}
    assert [(fault.path, fault.reason) for fault in walked.faults] == [
        (str(tree / "empty"), "another file system, which is left alone")
    ]


def test_a_folder_that_cannot_be_read_is_said_and_the_rest_is_counted(tree: Path) -> None:
    (tree / "a").chmod(0)
    for folder in tree.parents:
        if folder.stat().st_uid == ME and len(folder.parts) > 2:
            folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, tree], capture_output=True, check=True, text=True, cwd=REPOSITORY
    )
    (tree / "a").chmod(0o700)
    assert done.stdout.strip() == f"1 {tree / 'a'} Permission denied"


def test_a_folder_swapped_for_another_while_we_walk_is_not_entered(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tree.parent / "secret"
    secret.mkdir()
    (secret / "large").write_bytes(b"x" * 50_000)
    really_open = os.open

    def swap_then_open(path: str, flags: int) -> int:
        if str(path).endswith("/a") and not (tree / "a").is_symlink():
            shutil.move(tree / "a", tree.parent / "moved")
            (tree / "a").symlink_to(secret)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", swap_then_open)
    walked = walk_all(tree)
    assert walked.by_owner[ME].used_bytes == 1000
    assert [fault.reason for fault in walked.faults] == ["another folder took its place"]


def test_a_tree_deeper_than_a_path_can_be_long_is_walked_as_far_as_it_goes(tree: Path) -> None:
    here = os.open(tree, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    walked = walk_all(tree)
    assert walked.by_owner[ME].files == 3
    assert [fault.reason for fault in walked.faults] == ["File name too long"]


def test_a_file_that_is_removed_while_we_walk_is_no_fault(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def remove_then_open(path: str, flags: int) -> int:
        shutil.rmtree(tree / "a", ignore_errors=True)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", remove_then_open)
    assert walk_all(tree).faults == []


def test_names_that_are_no_text_can_be_shown(tree: Path) -> None:
    odd = tree / os.fsdecode(b"\xff\x1b[31m")
    odd.mkdir()
    with mounted_small_disk(odd):
        (fault,) = walk_all(tree).faults
    assert fault.path.endswith("/\\xff\\x1b[31m")
    assert fault.path.isprintable()


def test_a_tree_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walk_all(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        walk_all(tmp_path / "file")


class Clock:
    """Goes on only while somebody sleeps, and a little with every look."""

    def __init__(self) -> None:
        self.now = 0.0
        self.longest_nap = 0.0

    def look(self) -> float:
        self.now += 0.0001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.longest_nap = max(self.longest_nap, seconds)
        self.now += seconds


def many_files(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"file-{number}").touch()


@pytest.mark.parametrize("rate", [10, 100, 3_000])
def test_a_walk_keeps_to_its_rate(tree: Path, rate: int) -> None:
    many_files(tree, 600)
    clock = Clock()
    walked = walk(
        tree,
        entries_a_second=rate,
        counts_blocks=False,
        is_stopping=lambda: False,
        clock=clock.look,
        sleep=clock.sleep,
    )
    assert walked.entries == 606
    assert 606 / rate * 0.85 <= clock.now <= 606 / rate * 1.2
    assert clock.longest_nap <= 0.2


def stopping_after(looks: int) -> Callable[[], bool]:
    left = iter([False] * looks)
    return lambda: next(left, True)


def test_a_walk_that_is_told_to_stop_ends_and_gives_no_part(tree: Path) -> None:
    many_files(tree, 300)
    clock = Clock()
    with pytest.raises(Stopped):
        walk(
            tree,
            entries_a_second=1,
            counts_blocks=False,
            is_stopping=stopping_after(5),
            clock=clock.look,
            sleep=clock.sleep,
        )
    assert clock.now < 2
