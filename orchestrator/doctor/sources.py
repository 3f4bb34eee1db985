"""usermon.toml: is it right, and may the collectors' container read what it names."""

import os
import stat
from itertools import islice
from pathlib import Path

from orchestrator.doctor.checks import Check, Level, failed, ok
from orchestrator.owner import future_owner, owner_of
from orchestrator.settings import OrchestratorSettings
from orchestrator.site import read_site

# A folder's files have mostly the same mode: a few tell.
_FILES_LOOKED_AT = 20


def check_sources(settings: OrchestratorSettings) -> list[Check]:
    """Raises SettingsError for a wrong file."""
    site = read_site(settings)
    if site is None:
        return [
            Check(
                "usermon.toml",
                Level.WARNING,
                f"there is no {settings.config}: nothing will be collected",
                "Write one (examples/usermon.toml is a pattern), or name it in USERMON_CONFIG.",
            )
        ]
    owner = owner_of(settings.state_dir) if settings.state_dir.is_dir() else future_owner()
    checks = [_check_readable("usermon.toml", settings.config, owner.containers)]
    checks += [
        _check_readable(f"source {source.name}", source.path, owner.containers)
        for source in site.sources
        if source.ssh is None and source.path is not None
    ]
    return checks


def _check_readable(name: str, path: Path, reader: tuple[int, int]) -> Check:
    # What is mounted is reached directly: folders above it do not matter.
    uid, gid = reader
    try:
        unreadable = _first_unreadable(path, uid, gid)
    except FileNotFoundError:
        return failed(name, f"{path} is not there", "Correct the path in usermon.toml, or make the folder.")
    except PermissionError:
        unreadable = path
    if unreadable is None:
        return ok(name, f"{path} is readable for uid {uid}")
    return failed(
        name,
        f"{unreadable} is not readable for uid {uid}, as which the collectors run",
        f"`setfacl -R -m u:{uid}:rX {path}`, or chmod it for that account or for all.",
    )


def _first_unreadable(path: Path, uid: int, gid: int) -> Path | None:
    if not _may_read(path, uid, gid):
        return path
    if path.is_dir():
        for file in islice(sorted(path.iterdir()), _FILES_LOOKED_AT):
            if not _may_read(file, uid, gid):
                return file
    return None


def _may_read(path: Path, uid: int, gid: int) -> bool:
    status = path.stat()
    if uid == os.geteuid():
        return os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    if _has_access_list(path):
        return True  # more than the mode says; whoever set it knew
    needed = 0o5 if stat.S_ISDIR(status.st_mode) else 0o4
    shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
    return (status.st_mode >> shift) & needed == needed


def _has_access_list(path: Path) -> bool:
    try:
        os.getxattr(path, "system.posix_acl_access")
    except OSError:
        return False
    return True
