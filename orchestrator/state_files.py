"""Making the state folder: what lies where, whose it is, and who may read it."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.owner import Owner, ensure_folder, owner_of
from usermon.atomic_file import write_atomically
from usermon.errors import UsermonError
from usermon.state_folder import StateFolder

_DEPLOYMENT_ID_BYTES = 5
SQLITE_FILE = "usermon.db"


# What an admin can mend: no room, or no permission.
_TROUBLE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.ENOTDIR,
        errno.ELOOP,
    }
)


class StateFolderTrouble(UsermonError):
    """The state folder cannot be read or written."""


@contextmanager
def readable_errors(state: StateFolder) -> Iterator[None]:
    """Turns trouble with the disk into StateFolderTrouble; what was written before it is whole."""
    try:
        yield
    except OSError as error:
        if error.errno not in _TROUBLE:
            raise
        raise StateFolderTrouble(
            f"cannot work in {state.root}: {error.strerror} ({error.filename or 'its disk'})",
            "Make room on its disk or give yourself access, then run the same again; "
            "or choose another folder in USERMON_STATE_DIR.",
        ) from error


def prepare_state_folder(state: StateFolder) -> Owner:
    """Make the state folder and the folders that all users share. Safe to repeat."""
    state.root.mkdir(mode=0o750, parents=True, exist_ok=True)
    owner = owner_of(state.root)
    ensure_folder(state.store_folder, 0o700, owner.containers_chown)
    ensure_folder(state.admin_folder, 0o700, owner.containers_chown)
    ensure_folder(state.all_secrets_folder, 0o700, owner.admin_chown)
    ensure_folder(state.all_published_folder, 0o700, owner.containers_chown)
    return owner


def read_deployment_id(state: StateFolder) -> str | None:
    try:
        return state.deployment_file.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsermonError(
            f"cannot read {state.deployment_file}: {error}",
            "It holds the id of this deployment: bring it back from a backup, or give yourself access to it.",
        ) from error


def new_deployment_id() -> str:
    return secrets.token_hex(_DEPLOYMENT_ID_BYTES)


def ensure_deployment_id(state: StateFolder, owner: Owner) -> str:
    """The id in the state folder, made on first use."""
    known = read_deployment_id(state)
    if known is not None:
        return known
    made = new_deployment_id()
    try:
        # Linked, not renamed: of two first runs at once, both must end with the same id.
        beside = state.deployment_file.with_name(f".deployment.{made}")
        write_atomically(beside, f"{made}\n".encode(), owner=owner.admin_chown)
        try:
            os.link(beside, state.deployment_file)
        finally:
            beside.unlink()
    except FileExistsError:
        pass
    return read_deployment_id(state) or made
