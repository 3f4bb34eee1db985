"""Batches on disk until the hub has them: one file a batch, in order, within bounds.

A file's name tells the batch: `SEQUENCE~KIND~SOURCE~KEY.batch`. What it holds is what is sent, so that a
batch which is sent twice is the same to the byte. When the bounds are reached the oldest batches go; what
went is kept in `dropped.json` until the hub was told.
"""

import errno
import json
import logging
import os
import pwd
import re
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from usermon.atomic_file import write_atomically
from usermon.errors import UsermonError

DEFAULT_BYTES = 256 << 20
# More small files than this make every look at the folder slow.
MOST_BATCHES = 200_000
# A file takes whole blocks of the disk.
_BLOCK_BYTES = 4096
# Names that are held in memory: an agent is small, also after a month without its hub.
_NAMES_AT_ONCE = 1000
_SUFFIX = ".batch"
_NAME = re.compile(r"[0-9]{1,20}~[a-z]+~[A-Za-z0-9_][A-Za-z0-9._-]*~[0-9a-f]+\.batch", re.ASCII)
_FULL_TOLD_EVERY_SECONDS = 60.0
_NOT_THE_FILE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_ASIDE_FILES, _ASIDE_BYTES = 1000, 64 << 20

_log = logging.getLogger(__name__)


class SpoolUnwritable(UsermonError):
    """The spool cannot be read or written."""


class BatchUnreadable(SpoolUnwritable):
    """One single batch cannot be read."""


class Spooled(NamedTuple):
    """One batch that waits."""

    name: str
    kind: str
    source: str
    key: str


@dataclass(slots=True)
class Dropped:
    """What went because the spool was full; times in epoch seconds."""

    batches: int
    first_at: float
    last_at: float


@dataclass
class Spool:
    """Safe to share between threads. Other processes may add to the same folder; one alone should deliver."""

    folder: Path
    largest_bytes: int = DEFAULT_BYTES
    lock: threading.RLock = field(default_factory=threading.RLock)
    _names: deque[str] = field(default_factory=deque)
    _unwritten: dict[str, Dropped] = field(default_factory=dict)
    _newest: int = 0
    _bytes: int = 0
    _batches: int = 0
    _untold: int = 0  # of what was dropped
    _full_told_at: float = float("-inf")

    def __post_init__(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_owner(self.folder.stat().st_uid)
            self._aside.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        self._count()

    def _check_owner(self, owner: int) -> None:
        """What root writes here, the agent's own account could neither read nor deliver."""
        if owner != os.geteuid():
            raise SpoolUnwritable(
                f"the spool {self.folder} belongs to the account {_account(owner)}, "
                f"and this runs as {_account(os.geteuid())}",
                f"Run it as {_account(owner)}, or name another folder by USERMON_STATE_DIR.",
            )

    def __len__(self) -> int:
        return self._batches

    @property
    def _aside(self) -> Path:
        return self.folder / "aside"

    def put(self, kind: str, source: str, content: bytes) -> None:
        """Keep a batch behind all others; it is on disk when this returns. Raises SpoolUnwritable."""
        with self.lock:
            self._make_room(_size(len(content)))
            self._newest = max(self._newest + 1, time.time_ns())
            try:
                self._write(self._newest, kind, source, content)
            except SpoolUnwritable:
                _count_one(self._unwritten, source)  # on a full disk: in memory, until it can be told
                raise

    def put_first(self, kind: str, source: str, content: bytes) -> None:
        """The same, before all others."""
        with self.lock:
            first = self.oldest()
            number = int(first.name.partition("~")[0]) - 1 if first else time.time_ns()
            self._write(number, kind, source, content)
            self._names.clear()

    def oldest(self, besides: Collection[str] = ()) -> Spooled | None:
        """The batch to be sent next, none of the sources `besides`."""
        with self.lock:
            for name in self._names or self._look():
                batch = _parse(name)
                if batch.source not in besides:
                    return batch
            if besides and self._batches > len(self._names):
                return next((b for b in map(_parse, self._all_names()) if b.source not in besides), None)
            return None

    def read(self, batch: Spooled) -> bytes:
        """Raises FileNotFoundError when it was dropped meanwhile, or BatchUnreadable."""
        try:
            return (self.folder / batch.name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            if error.errno in _NOT_THE_FILE:
                raise self._unwritable(error) from error
            raise BatchUnreadable(
                f"{self.folder / batch.name} cannot be read: {error.strerror}",
                "Give it to the account that delivers, and put it back into the spool.",
            ) from error

    def remove(self, batch: Spooled) -> None:
        """The hub has it."""
        with self.lock:
            self._forget(batch.name)

    def set_aside(self, batch: Spooled, reason: str) -> Path:
        """The hub will never take it: keep it apart with the reason beside it, for whoever looks."""
        aside = self._aside / batch.name
        with self.lock:
            self._trim_aside()
            try:
                (self.folder / batch.name).replace(aside)
            except FileNotFoundError:
                pass
            except OSError as error:
                raise self._unwritable(error) from error
            self._forget(batch.name)
            with suppress(OSError):  # a full disk; it was logged as well
                aside.with_suffix(".reason").write_text(f"{reason}\n", encoding="utf-8")
        return aside

    def dropped(self) -> dict[str, Dropped]:
        """What went, or could not be written, of each source since it was last told."""
        found = self._dropped_before()
        for source, one in self._unwritten.items():
            before = found.get(source)
            found[source] = (
                one if before is None else Dropped(before.batches + one.batches, before.first_at, one.last_at)
            )
        return found

    def forget_dropped(self, source: str) -> None:
        """It is told."""
        with self.lock:
            self._unwritten.pop(source, None)
            left = self._dropped_before()
            if left.pop(source, None) is None:
                return
            try:
                if left:
                    self._write_dropped(left)
                else:
                    self._dropped_file.unlink()
            except OSError:
                # Else it would be told again and again; the others are kept in memory.
                self._unwritten = {name: one for name, one in self.dropped().items() if name != source}
                with suppress(OSError):
                    self._dropped_file.unlink()

    def _dropped_before(self) -> dict[str, Dropped]:
        try:
            document = json.loads(self._dropped_file.read_bytes())
            return {source: Dropped(**one) for source, one in document.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError):
            _log.warning("%s cannot be read: it is begun anew", self._dropped_file)
            return {}

    @property
    def _dropped_file(self) -> Path:
        return self.folder / "dropped.json"

    def _write(self, number: int, kind: str, source: str, content: bytes) -> None:
        name = f"{number:020d}~{kind}~{source}~{token_hex(16)}{_SUFFIX}"
        try:
            write_atomically(self.folder / name, content, mode=0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        if 0 < len(self._names) == self._batches < _NAMES_AT_ONCE:  # else there are others before it
            self._names.append(name)
        self._bytes += _size(len(content))
        self._batches += 1

    def _make_room(self, needed: int) -> None:
        while self._batches and (self._bytes + needed > self.largest_bytes or self._batches >= MOST_BATCHES):
            oldest = self.oldest()
            if oldest is None:
                break
            self._note_dropped(oldest.source)
            self._forget(oldest.name)
            self._tell_full(oldest.source)

    def _tell_full(self, source: str) -> None:
        self._untold += 1
        now = time.monotonic()
        if now - self._full_told_at >= _FULL_TOLD_EVERY_SECONDS:
            _log.warning(
                "the spool is full (its bounds are %.3g MiB and %d batches): dropped the %d oldest, "
                "the last one of source %s",
                *(self.largest_bytes / (1 << 20), MOST_BATCHES, self._untold, source),
            )
            self._untold, self._full_told_at = 0, now

    def _note_dropped(self, source: str) -> None:
        dropped = self._dropped_before()
        _count_one(dropped, source)
        try:
            self._write_dropped(dropped)
        except OSError:
            _count_one(self._unwritten, source)  # on a full disk: in memory

    def _write_dropped(self, dropped: dict[str, Dropped]) -> None:
        content = json.dumps({name: asdict(each) for name, each in dropped.items()}).encode()
        write_atomically(self._dropped_file, content, mode=0o600)

    def _forget(self, name: str) -> None:
        file = self.folder / name
        try:
            size = _size(file.stat().st_size)
            file.unlink()
        except FileNotFoundError:
            size = _BLOCK_BYTES
        except OSError as error:
            raise self._unwritable(error) from error
        self._bytes = max(0, self._bytes - size)
        self._batches = max(0, self._batches - 1)
        if self._names and self._names[0] == name:
            self._names.popleft()
        elif name in self._names:
            self._names.remove(name)

    def _look(self) -> deque[str]:
        """The oldest names, read anew from the folder."""
        self._count()
        return self._names

    def _count(self) -> None:
        try:
            names = sorted(self._all_names())
            self._bytes = sum(_size((self.folder / name).stat().st_size) for name in names)
        except OSError as error:
            raise self._unwritable(error) from error
        self._batches = len(names)
        self._names = deque(names[:_NAMES_AT_ONCE])
        if names:
            self._newest = max(self._newest, int(names[-1].partition("~")[0]))

    def _all_names(self) -> Iterator[str]:
        """In order; what is no file, or not named by us, is none of ours."""
        with os.scandir(self.folder) as entries:
            found = sorted(
                entry.name
                for entry in entries
                if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            )
        return iter(found)

    def _trim_aside(self) -> None:
        """What nobody looked at for long makes room, so that the disk does not fill."""
        files = sorted(self._aside.iterdir(), key=lambda file: file.name)
        size = sum(_size(file.stat().st_size) for file in files)
        while files and (len(files) >= _ASIDE_FILES or size > _ASIDE_BYTES):
            oldest = files.pop(0)
            size -= _size(oldest.stat().st_size)
            _log.warning("%s makes room for newer ones", oldest)
            oldest.unlink()

    def _unwritable(self, error: OSError) -> SpoolUnwritable:
        return SpoolUnwritable(
            f"the spool {self.folder} cannot be used: {error.strerror}",
            "Check USERMON_STATE_DIR, who may write there, and whether the disk is full.",
        )


def _count_one(dropped: dict[str, Dropped], source: str) -> None:
    now = time.time()
    one = dropped.setdefault(source, Dropped(0, now, now))
    one.batches += 1
    one.last_at = now


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _size(content: int) -> int:
    return -(-content // _BLOCK_BYTES) * _BLOCK_BYTES


def _parse(name: str) -> Spooled:
    _, kind, source, rest = name.split("~")
    return Spooled(name, kind, source, rest.removesuffix(_SUFFIX))
