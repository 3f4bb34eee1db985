"""Files that were read and are done with are moved to where the admin keeps them: `archive = "FOLDER"`."""

import glob
import logging
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from collectors.printable import printable_file
from collectors.reading import SourceUnreadable
from usermon.collection import FileProgress
from usermon.errors import SettingsError
from usermon.site_file import Source

_log = logging.getLogger(__name__)


def archive_folder(source: Source) -> Path | None:
    """The folder, made where it is missing; beside the source's files when it is not a whole path.

    Raises:
        SettingsError: it is no text, or files in it would be read again.
        SourceUnreadable: it cannot be written to; then nothing is read either.
    """
    named = source.options.get("archive")
    if named is None:
        return None
    if not isinstance(named, str) or not named or source.path is None:
        raise SettingsError(f"{source.name}.archive", f"archive is {named!r}", "Name a folder.")
    beside = source.path if source.path.is_dir() else source.path.parent
    folder = Path(os.path.abspath(beside / named))  # noqa: PTH100 - resolve() would follow links
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceUnreadable(
            f"{source.name}: the archive {printable_file(str(folder))} cannot be made: {error.strerror}",
            "Check who may write there, or leave archive away.",
        ) from error
    if any(watched.samefile(folder) for watched in _watched_folders(source.path)):
        raise SettingsError(
            f"{source.name}.archive",
            f"source {source.name!r}: files in the archive {printable_file(str(folder))} would be read again",
            "Name a folder that the source's path does not cover.",
        )
    return folder


def _watched_folders(path: Path) -> list[Path]:
    """Where files are looked for; none for a single file, whose like in its folder is not read."""
    if path.is_dir():
        return [path]
    if glob.has_magic(str(path)) and not path.exists():
        return [Path(name) for name in glob.glob(str(path.parent))]  # noqa: PTH207 - as the reader does
    return []


def archive_when_saved(file: Path, archive: Path, read: FileProgress) -> Callable[[], None]:
    """Moves `file`, unless it is not what was `read` any more. Faults are logged: next time again."""

    def move() -> None:
        try:
            now = file.stat()
            if (now.st_size, now.st_mtime_ns) != (read.size, read.modified_ns):
                return
            shutil.move(file, _free_name(archive, file))
        except OSError as error:
            _log.warning(
                "%s cannot be moved to %s: %s. Check who may write to both folders.",
                *(printable_file(str(file)), printable_file(str(archive)), error.strerror or error),
            )

    return move


def _free_name(archive: Path, file: Path) -> Path:
    """Its own, or one with its date: of a log that begins anew under its old name nothing is overwritten."""
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    dated = f"{file.stem}-{written:%Y%m%dT%H%M%SZ}"
    names = [file.name, f"{dated}{file.suffix}", *(f"{dated}-{n}{file.suffix}" for n in range(2, 1000))]
    return next(path for path in (archive / name for name in names) if not path.exists())
