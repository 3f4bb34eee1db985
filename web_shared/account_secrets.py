"""The secrets of one account as files: they may be replaced while we run (`orchestrator passwd`)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from usermon.errors import UsermonError
from usermon.secret import Secret
from usermon.state_folder import LINK_KEY, PASSWORD_HASH, SESSION_KEY
from web_shared.watched_file import WatchedFile

Content = TypeVar("Content")


class SecretsUnreadable(UsermonError):
    """Without its secrets an account lets nobody in."""


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """An argon2 encoded text, and a fingerprint of it that sessions carry."""

    encoded: bytes
    fingerprint: str


class AccountSecrets:
    def __init__(self, folder: Path) -> None:
        self._password_hash = WatchedFile(folder / PASSWORD_HASH, _password_hash)
        self._session_key = WatchedFile(folder / SESSION_KEY, _secret)
        self._link_key = WatchedFile(folder / LINK_KEY, _secret)

    def password_hash(self) -> PasswordHash:
        return _read(self._password_hash)

    def session_key(self) -> Secret:
        return _read(self._session_key)

    def link_key(self) -> Secret:
        return _read(self._link_key)


def _read(file: WatchedFile[Content]) -> Content:
    try:
        return file.read()
    except (OSError, ValueError) as error:
        # The cause stays in the log; a visitor learns only which file to look after.
        raise SecretsUnreadable(
            f"nobody can sign in now: the file {file.path.name} is missing or cannot be read",
            "An administrator makes it anew with `orchestrator up`.",
        ) from error


def _password_hash(content: bytes) -> PasswordHash:
    encoded = content.strip()
    if not encoded.startswith(b"$argon2id$"):
        raise ValueError("not an argon2id hash")
    return PasswordHash(encoded, hashlib.sha256(encoded).hexdigest())


def _secret(content: bytes) -> Secret:
    text = content.decode("ascii").strip()
    if len(text) < 32:
        raise ValueError("too short for a key")
    return Secret(text)
