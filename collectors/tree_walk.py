"""Walking a folder tree, adding up what each owner holds: slowly enough not to be felt, and never out of it.

Links are not followed, other file systems mounted inside are left alone, a file with several names counts
once. A folder is opened only when it is the one that was listed, so that a link put in its place leads
nowhere.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collectors.printable import printable_file

_LOOK_UP_EVERY = 64  # entries, between two looks at the clock
_NAP_SECONDS = 0.2  # how long a walk that was told to stop may take to notice
MOST_FAULTS = 1_000


class Stopped(Exception):
    """The walk was told to make an end, so that what it counted is a part only."""


@dataclass(slots=True)
class Holding:
    """What one owner has in the tree."""

    used_bytes: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be counted, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Walked:
    by_owner: dict[int, Holding] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    entries: int = 0

    def note_fault(self, path: str, reason: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(printable_file(path), reason))


def walk(
    root: Path,
    *,
    entries_a_second: float,
    counts_blocks: bool,
    is_stopping: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Walked:
    """Everything in `root` by the number of its owner.

    Bytes are sizes of files, or with `counts_blocks` what they and their folders take on the disk (a file
    with holes takes less than its size). Files are all that is no folder. Raises OSError when `root` itself
    cannot be listed, Stopped when told to.
    """
    pace = _Pace(entries_a_second, is_stopping, clock, sleep)
    walked = Walked()
    seen: dict[int, int] = {}  # of files with several names: how many of them are still to come
    device, inode = _identity(root)
    waiting = [(os.fspath(root), inode)]
    while waiting:
        folder, inode = waiting.pop()
        try:
            for entry in _entries(folder, (device, inode)):
                walked.entries += 1
                pace.keep(walked.entries)
                path = f"{folder}/{entry.name}"
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    _note_unless_gone(walked, path, error)
                    continue
                if not stat.S_ISDIR(status.st_mode):
                    if status.st_nlink == 1 or _is_first_name(status, seen):
                        _add(walked, status, counts_blocks, files=1)
                elif status.st_dev != device:
                    walked.note_fault(path, "another file system, which is left alone")
                else:
                    if counts_blocks:
                        _add(walked, status, counts_blocks, files=0)
                    waiting.append((path, status.st_ino))
        except OSError as error:
            if folder == os.fspath(root):
                raise
            _note_unless_gone(walked, folder, error)
    return walked


class _Pace:
    """Holds the walk back when it is ahead of its rate, and ends it when told to."""

    def __init__(
        self,
        entries_a_second: float,
        is_stopping: Callable[[], bool],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._rate, self._is_stopping, self._clock, self._sleep = entries_a_second, is_stopping, clock, sleep
        self._since, self._counted = clock(), 0

    def keep(self, entries: int) -> None:
        if entries - self._counted < min(_LOOK_UP_EVERY, self._rate):
            return
        # From one look to the next, so that time lost in a slow file system is not made up for in a rush.
        due = self._since + (entries - self._counted) / self._rate
        while not self._is_stopping() and (ahead := due - self._clock()) > 0:
            self._sleep(min(ahead, _NAP_SECONDS))
        if self._is_stopping():
            raise Stopped
        self._since, self._counted = self._clock(), entries


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _entries(folder: str, identity: tuple[int, int]) -> Iterator["os.DirEntry[str]"]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != identity:
            raise NotADirectoryError(0, "another folder took its place")
        with os.scandir(descriptor) as entries:
            yield from entries
    finally:
        os.close(descriptor)


def _is_first_name(status: os.stat_result, seen: dict[int, int]) -> bool:
    """Whether no other name of this file was met. A file whose names were all met is forgotten."""
    to_come = seen.pop(status.st_ino, None)
    left = status.st_nlink - 1 if to_come is None else to_come - 1
    if left > 0:
        seen[status.st_ino] = left
    return to_come is None


def _add(walked: Walked, status: os.stat_result, counts_blocks: bool, files: int) -> None:
    holding = walked.by_owner.setdefault(status.st_uid, Holding())
    holding.used_bytes += status.st_blocks * 512 if counts_blocks else status.st_size
    holding.files += files


def _note_unless_gone(walked: Walked, path: str, error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):  # removed while we walk: it is nobody's any more
        walked.note_fault(path, error.strerror or str(error))
