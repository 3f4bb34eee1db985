"""Whose the state folder is, and so as whom containers run: never as root."""

import os
from dataclasses import dataclass
from pathlib import Path

from usermon.errors import UsermonError

# Nobody's account on a usual system: what containers run as when root owns the state folder.
UNPRIVILEGED = (10_001, 10_001)


class StateFolderNotOurs(UsermonError):
    """Another account owns the state folder."""


@dataclass(frozen=True, slots=True)
class Owner:
    """(uid, gid) of the admin's files and of the containers; None: as they come, we are that account."""

    containers: tuple[int, int]
    admin_chown: tuple[int, int] | None
    containers_chown: tuple[int, int] | None


def owner_of(state_root: Path) -> Owner:
    """Raises StateFolderNotOurs unless we own the existing folder or are root."""
    status = state_root.stat()
    euid = os.geteuid()
    if euid not in (0, status.st_uid):
        raise StateFolderNotOurs(
            f"the state folder {state_root} belongs to uid {status.st_uid}, not to you (uid {euid})",
            "Run this as that account or as root (sudo), or name a folder of your own in USERMON_STATE_DIR.",
        )
    return owner_by_ids(status.st_uid, status.st_gid, euid)


def future_owner() -> Owner:
    """Of a state folder that we would make now."""
    return owner_by_ids(os.geteuid(), os.getegid(), os.geteuid())


def owner_by_ids(uid: int, gid: int, euid: int) -> Owner:
    """For a state folder of `uid`, worked on by `euid`, which is `uid` or root."""
    containers = UNPRIVILEGED if uid == 0 else (uid, gid or uid)
    if euid != 0:
        return Owner(containers, None, None)
    return Owner(containers, (uid, gid), containers)


def ensure_folder(path: Path, mode: int, owner: tuple[int, int] | None) -> None:
    """Make `path` with exactly this mode and owner, or mend both. Its parent must exist."""
    if path.is_symlink():
        # Following it would give away what it points to.
        raise UsermonError(
            f"{path} is a symbolic link", "Usermon wants folders of its own there: remove the link."
        )
    path.mkdir(mode=mode, exist_ok=True)
    mend_access(path, mode, owner)


def mend_access(path: Path, mode: int, owner: tuple[int, int] | None) -> None:
    status = path.stat()
    if owner is not None and (status.st_uid, status.st_gid) != owner:
        os.chown(path, *owner)
    if status.st_mode & 0o7777 != mode:
        path.chmod(mode)
