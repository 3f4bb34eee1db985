"""How far an agent read its files, and which stand with rejected lines: one JSON file a source.

Written after the batch that it speaks of is in the spool: what happens between the two is read again, and
the same record twice changes nothing.
"""

import json
import logging
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from usermon.atomic_file import write_atomically
from usermon.collection import FileProgress
from usermon.wire import from_wire, to_wire

# Beside the progress: the source is to be read again, and when it last was.
_AGAIN, _READ_AGAIN = ".again", ".read-again"
_A_DAY_SECONDS = 86_400

_log = logging.getLogger(__name__)


@dataclass
class Progress:
    """Of one source. `standing`: files with rejected lines, the reason when it is the file as a whole."""

    files: dict[str, FileProgress] = field(default_factory=dict)
    standing: dict[str, str | None] = field(default_factory=dict)
    changed: bool = False

    def note(self, read: Iterable[FileProgress]) -> None:
        for one in read:
            self.files[one.file] = one
            self.changed = True

    def forget(self, files: Collection[str]) -> None:
        for file in files:
            self.changed |= self.files.pop(file, None) is not None
            self.changed |= file in self.standing
            self.standing.pop(file, None)

    def stand(self, file: str, *, rejected: bool, whole: str | None) -> None:
        if rejected and (file not in self.standing or self.standing[file] != whole):
            self.standing[file] = whole
            self.changed = True
        elif not rejected and file in self.standing:
            del self.standing[file]
            self.changed = True


def read_progress(file: Path) -> Progress:
    """Nothing known when there is none, or none that makes sense: then everything is read again."""
    try:
        document: Any = json.loads(file.read_bytes())
        files = (from_wire(FileProgress, one) for one in document["files"])
        standing = {str(name): reason for name, reason in document["standing"].items()}
        return Progress({one.file: one for one in files}, standing)
    except FileNotFoundError:
        return Progress()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        _log.warning("%s cannot be read (%s): the source is read anew", file, error)
        return Progress()


def read_again_soon(file: Path) -> None:
    """The next pass may read the source's files from their beginning: not all of it came through."""
    with suppress(OSError):
        file.with_suffix(_AGAIN).touch(mode=0o600)


def is_to_be_read_again(file: Path) -> bool:
    """At most once a day: what never fits into the spool would be read for ever."""
    try:
        file.with_suffix(_AGAIN).stat()
        return time.time() - file.with_suffix(_READ_AGAIN).stat().st_mtime > _A_DAY_SECONDS
    except FileNotFoundError:
        return file.with_suffix(_AGAIN).exists()
    except OSError:
        return False


def begin_again(file: Path, progress: Progress) -> Progress:
    """The source as if nothing was read of it; what stands rejected is known still. Raises OSError."""
    anew = Progress({}, progress.standing, changed=True)
    write_progress(file, anew)
    file.with_suffix(_READ_AGAIN).touch(mode=0o600)
    file.with_suffix(_AGAIN).unlink(missing_ok=True)
    return anew


def write_progress(file: Path, progress: Progress) -> None:
    """Raises OSError."""
    if not progress.changed:
        return
    document = {"files": [to_wire(one) for one in progress.files.values()], "standing": progress.standing}
    write_atomically(file, json.dumps(document).encode(), mode=0o600)
    progress.changed = False
