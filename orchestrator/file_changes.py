"""Did files change? By asking the file system now and then, which works on NFS and for every editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Stamp = tuple[int, int, int] | None  # modified_ns, size, inode; None: not there


@dataclass(slots=True)
class FileChanges:
    """Tells a change once it settled, the same at two looks in a row: nothing half-written is read."""

    paths: Sequence[Path]
    _taken: tuple[Stamp, ...] | None = None
    _seen: tuple[Stamp, ...] | None = None

    def settled_change(self) -> bool:
        """True once after each change; the very first look is a change."""
        now = tuple(_stamp(path) for path in self.paths)
        settled = now == self._seen or self._taken is None
        self._seen = now
        if now == self._taken or not settled:
            return False
        self._taken = now
        return True


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
