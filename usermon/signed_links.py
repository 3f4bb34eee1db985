"""Links that open one user's dashboard for an admin: signed, valid for a minute, good for one use.

The admin side holds one master key and derives each user's key from it, so that a dashboard, which gets
only its own derived key, can check links to itself and forge none to another.

    token = EXPIRES.NONCE.SIGNATURE        signature = HMAC-SHA256(user key, "EXPIRES.NONCE")
"""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field

from usermon.secret import Secret

LINK_LIFETIME_SECONDS = 60


def derive_link_key(master: Secret, user: str) -> Secret:
    return Secret(hmac.new(master.reveal().encode(), f"open-as:{user}".encode(), hashlib.sha256).hexdigest())


def make_link_token(user_key: Secret, now: float) -> str:
    """A token that `LinkChecker` accepts once until `now` + LINK_LIFETIME_SECONDS. Safe in a URL."""
    claims = f"{int(now) + LINK_LIFETIME_SECONDS}.{secrets.token_urlsafe(16)}"
    return f"{claims}.{sign(user_key, claims)}"


def sign(key: Secret, claims: str) -> str:
    digest = hmac.new(key.reveal().encode(), claims.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class LinkChecker:
    """Remembers the links used in this process; links made before `started_at` are refused, since a
    restart forgets which of them were used."""

    started_at: float
    _used: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, key: Secret, token: str, now: float) -> bool:
        """Whether `token` is genuine, in time and unused; from then on it is used."""
        claims, _, signature = token.rpartition(".")
        expires_text, _, nonce = claims.partition(".")
        if not (expires_text.isascii() and expires_text.isdigit() and nonce and signature.isascii()):
            return False
        if not hmac.compare_digest(signature, sign(key, claims)):
            return False
        expires = int(expires_text)
        if not now < expires <= now + LINK_LIFETIME_SECONDS + 1:
            return False
        if expires - LINK_LIFETIME_SECONDS < int(self.started_at):
            return False
        with self._lock:
            self._used = {old: until for old, until in self._used.items() if until > now}
            if nonce in self._used:
                return False
            self._used[nonce] = expires
        return True
