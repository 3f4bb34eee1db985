"""Checking a password against its argon2 hash, within the memory of a small container."""

import hashlib
import hmac
import secrets
import threading
import time
from enum import Enum

from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, verify_secret

from web_shared.account_secrets import PasswordHash

LONGEST_PASSWORD = 1024
_SECONDS_TO_WAIT_FOR_A_TURN = 2.0


class Verdict(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    BUSY = "busy"


class PasswordCheck:
    """One verification at a time: each takes 19 MiB, and four of them would burst the container.

    The right password, once seen, is remembered as an HMAC under a key of this process, so that a script
    with HTTP Basic pays argon2 once. A hash has one password: the memory holds one entry, and a new hash
    (`orchestrator passwd`) makes it worthless at once.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._turn = threading.Lock()
        self._slowing = threading.Lock()
        self._right: bytes = b""

    def is_known_right(self, password: str, password_hash: PasswordHash) -> bool:
        return hmac.compare_digest(self._right, self._mark(password, password_hash))

    def verify(self, password: str, password_hash: PasswordHash) -> Verdict:
        """BUSY when other verifications held the turn for too long."""
        if len(password) > LONGEST_PASSWORD:
            return Verdict.WRONG
        if not self._turn.acquire(timeout=_SECONDS_TO_WAIT_FOR_A_TURN):
            return Verdict.BUSY
        try:
            if self.is_known_right(password, password_hash):
                return Verdict.RIGHT
            verify_secret(password_hash.encoded, password.encode("utf-8", "surrogatepass"), Type.ID)
            self._right = self._mark(password, password_hash)
            return Verdict.RIGHT
        except (VerificationError, InvalidHashError):
            return Verdict.WRONG
        finally:
            self._turn.release()

    def slow_down(self, seconds: float) -> None:
        """Hold back the answer to a wrong password; one at a time, else a flood would hold every thread."""
        if seconds and self._slowing.acquire(blocking=False):
            try:
                time.sleep(seconds)
            finally:
                self._slowing.release()

    def _mark(self, password: str, password_hash: PasswordHash) -> bytes:
        text = f"{password_hash.fingerprint}:{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, text, hashlib.sha256).digest()
