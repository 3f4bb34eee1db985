"""The folders and keys of each account in the state folder: made once, then left alone."""

from collections.abc import Iterable
from pathlib import Path

from orchestrator.owner import Owner, ensure_folder, mend_access
from usermon.atomic_file import write_atomically
from usermon.secret import Secret
from usermon.signed_links import derive_link_key
from usermon.state_folder import LINK_KEY, PASSWORD_HASH, SESSION_KEY, StateFolder

_FILE_MODE = 0o400


def ensure_keys(state: StateFolder, owner: Owner, users: Iterable[str]) -> None:
    """Folders and keys of the admin and of `users`; modes and owners that went wrong are mended."""
    _ensure_secret(state.admin_folder / SESSION_KEY, owner)
    master = _ensure_secret(state.admin_folder / LINK_KEY, owner)
    _mend_hash(state.admin_folder, owner)
    for user in users:
        folder = state.secrets_folder(user)
        ensure_folder(folder, 0o700, owner.containers_chown)
        ensure_folder(state.published_folder(user), 0o700, owner.containers_chown)
        _ensure_secret(folder / SESSION_KEY, owner)
        _ensure_link_key(folder / LINK_KEY, derive_link_key(master, user), owner)
        _mend_hash(folder, owner)


def read_secret(path: Path) -> Secret:
    return Secret(path.read_text(encoding="ascii").strip())


def write_secret(path: Path, text: str, owner: Owner) -> None:
    write_atomically(path, f"{text}\n".encode("ascii"), mode=_FILE_MODE, owner=owner.containers_chown)


def _ensure_link_key(path: Path, key: Secret, owner: Owner) -> None:
    # Another key than the derived one stays behind when the admin's folder was lost: no link would work.
    if not path.exists() or read_secret(path) != key:
        write_secret(path, key.reveal(), owner)
    else:
        mend_access(path, _FILE_MODE, owner.containers_chown)


def _ensure_secret(path: Path, owner: Owner) -> Secret:
    try:
        secret = read_secret(path)
    except FileNotFoundError:
        secret = Secret.random()
        write_secret(path, secret.reveal(), owner)
    else:
        mend_access(path, _FILE_MODE, owner.containers_chown)
    return secret


def _mend_hash(folder: Path, owner: Owner) -> None:
    hash_file = folder / PASSWORD_HASH
    if hash_file.exists():
        mend_access(hash_file, _FILE_MODE, owner.containers_chown)
