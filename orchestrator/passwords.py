"""Making passwords, and the hash of one that a file may hold."""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from usermon.secret import Secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# No character that is mistaken for another one on paper or by telephone (0 o, 1 l i, u v).
_LETTERS = "abcdefghjkmnpqrstwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5  # 97 bits: beyond guessing even with the hash in hand

# OWASP's 19 MiB profile of argon2id: a container of 128 MB can verify it.
_TIME_COST, _MEMORY_KIB, _PARALLELISM = 2, 19_456, 1


def random_password() -> Secret:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return Secret("-".join(groups))


def hash_password(password: Secret) -> str:
    """argon2id in its usual text form, a fresh salt each time."""
    return _hasher().hash(password.reveal())


def hash_passwords(passwords: Mapping[str, Secret]) -> dict[str, str]:
    """The hash of each, on all processors: argon2 lets go of Python's lock while it works."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(passwords, pool.map(hash_password, passwords.values()), strict=True))


def password_matches(encoded: str, password: Secret) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(encoded, password.reveal())
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> "PasswordHasher":
    # Here and not above: an `up` that changes nothing hashes nothing.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_PARALLELISM)
