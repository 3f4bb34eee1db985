"""Accounts as the orchestrator leaves them on disk: the files that a login reads."""

from pathlib import Path

from argon2 import PasswordHasher
from argon2.low_level import Type

PASSWORD = "rye-otter-lamp"
LINK_KEY = "cd" * 32

# The cheapest parameters that argon2 takes: what is tested is the login, not the hash.
_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)


def write_secrets(folder: Path, password: str = PASSWORD, session_key: str = "ab" * 32) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / "password-hash", _HASHER.hash(password))
    replace(folder / "session-key", session_key)
    replace(folder / "link-key", LINK_KEY)
    return folder


def change_password(folder: Path, password: str) -> None:
    """What `orchestrator passwd` does to a running dashboard."""
    replace(folder / "password-hash", _HASHER.hash(password))


def replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)
