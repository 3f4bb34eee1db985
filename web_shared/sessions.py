"""Signed session cookies. Nothing is kept on disk; a changed password or key ends every session.

COOKIE = ISSUED.KIND.NONCE.SIGNATURE
SIGNATURE = HMAC-SHA256(session key, purpose, account, fingerprint, claims)
"""

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

from usermon.secret import Secret

_REMEMBERED_LOGOUTS = 10_000
_CLOCKS_MAY_DIFFER = 60


class Kind(StrEnum):
    """How a session came to be."""

    PASSWORD = "p"  # noqa: S105 - a letter in the cookie
    LINK = "l"


LIFETIME_SECONDS = {Kind.PASSWORD: 7 * 86400, Kind.LINK: 3600}


@dataclass(frozen=True, slots=True)
class Session:
    kind: Kind
    nonce: str
    expires_at: int

    @property
    def by_link(self) -> bool:
        """Whether an admin came in through an open-as link."""
        return self.kind is Kind.LINK


@dataclass(frozen=True, slots=True)
class Binding:
    """What a signature holds for: one account, under one key, as long as its password stays."""

    account: str
    key: Secret
    fingerprint: str


class Sessions:
    """Issues and checks session cookies; remembers those that were signed out."""

    def __init__(self) -> None:
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def issue(self, binding: Binding, kind: Kind, now: float) -> str:
        claims = f"{int(now)}.{kind.value}.{secrets.token_urlsafe(18)}"
        return f"{claims}.{sign(binding, 'session', claims)}"

    def check(self, binding: Binding, cookie: str, now: float) -> Session | None:
        claims, _, signature = cookie.rpartition(".")
        if not signed_right(binding, "session", claims, signature):
            return None
        issued_text, kind_text, nonce = claims.split(".")
        issued, kind = int(issued_text), Kind(kind_text)
        expires_at = issued + LIFETIME_SECONDS[kind]
        if not issued - _CLOCKS_MAY_DIFFER <= now < expires_at:
            return None
        with self._lock:
            if nonce in self._ended:
                return None
        return Session(kind, nonce, expires_at)

    def end(self, session: Session, now: float) -> None:
        """Sign out: the cookie stays useless even for one who copied it."""
        with self._lock:
            self._ended[session.nonce] = session.expires_at
            for nonce, expires_at in list(self._ended.items()):
                if expires_at > now and len(self._ended) <= _REMEMBERED_LOGOUTS:
                    break
                del self._ended[nonce]


def sign(binding: Binding, purpose: str, claims: str) -> str:
    """The purpose keeps one kind of signed text from passing as another."""
    text = "\n".join((purpose, binding.account, binding.fingerprint, claims))
    digest = hmac.new(binding.key.reveal().encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def signed_right(binding: Binding, purpose: str, claims: str, signature: str) -> bool:
    return hmac.compare_digest(signature.encode(), sign(binding, purpose, claims).encode())
