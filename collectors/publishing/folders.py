"""The users' published folders: which there are, and writing into them."""

import logging
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from usermon.atomic_file import write_atomically
from usermon.errors import InvalidUserName
from usermon.user_names import check_user_name

_ABANDONED_SECONDS = 3600

_log = logging.getLogger(__name__)


def user_folders(published: Path) -> dict[str, Path]:
    """Of each user, by name."""
    folders: dict[str, Path] = {}
    if not published.is_dir():
        return folders
    for path in sorted(published.iterdir()):
        try:
            folders[check_user_name(path.name)] = path
        except InvalidUserName:
            continue  # not made by the orchestrator
    return folders


def users_without(folders: dict[str, Path], file: str) -> list[str]:
    return [user for user in folders if not os.path.lexists(folders[user] / file)]


def write_into(folder: Path, file: str, content: bytes) -> None:
    """Raises OSError; FileNotFoundError when the folder is gone."""
    owner = None
    if os.geteuid() == 0:
        # The dashboard does not run as root; its folder belongs to whom it runs as.
        status = folder.stat()
        owner = (status.st_uid, status.st_gid)
    write_atomically(folder / file, content, mode=0o600, owner=owner)


def sweep(folders: Iterable[Path], files: Collection[str]) -> None:
    """Remove what a killed collector left half-written; younger ones may be another's work in hand."""
    for folder in folders:
        try:
            for file in files:
                for left in folder.glob(f".{file}.*"):
                    if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                        left.unlink()
        except OSError as error:
            _log.warning("cannot tidy up %s: %s", folder, error.strerror)
