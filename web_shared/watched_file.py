"""A file that is read again when it was replaced or changed, and only then."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

Content = TypeVar("Content")


class WatchedFile(Generic[Content]):
    """Keeps what `parse` made of the file. Asking costs one stat() while the file stays as it is."""

    def __init__(self, path: Path, parse: Callable[[bytes], Content]) -> None:
        self.path = path
        self._parse = parse
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int, int], Content] | None = None

    def read(self) -> Content:
        """Raises OSError, or whatever `parse` raises; then the next call tries anew."""
        with self._lock:
            state = _identity(self.path.stat())
            if self._seen is None or self._seen[0] != state:
                self._seen = None
                with self.path.open("rb") as file:
                    # The identity of what was opened, not of the name: it may be replaced in between.
                    state = _identity(os.fstat(file.fileno()))
                    self._seen = (state, self._parse(file.read()))
            return self._seen[1]


def _identity(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
