"""Files that are whole or not there: write beside, fsync, rename."""

import os
import tempfile
from pathlib import Path


def write_atomically(
    path: Path, content: bytes, mode: int = 0o644, owner: tuple[int, int] | None = None
) -> None:
    """Replace `path` by `content` in one step. A reader sees the old file or the new one, never a half.

    `owner` is (uid, gid) and needs root. When anything fails (a full disk), the old file stays and the
    half-written one is removed; the OSError goes on to the caller.
    """
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if owner is not None:
                os.fchown(file.fileno(), *owner)
            os.fsync(file.fileno())
        Path(beside).rename(path)
    except BaseException:
        Path(beside).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may forget the rename although the file itself is on disk.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
