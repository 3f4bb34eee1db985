"""How the orchestrator asks a dashboard when its user last looked: nobody else gets an answer.

    token = visits.EXPIRES.SIGNATURE        signature = HMAC-SHA256(user key, "visits.EXPIRES")

The user key is that of signed_links. The word before the time keeps one kind of token from passing as the
other.
"""

import hmac

from usermon.secret import Secret
from usermon.signed_links import sign

LIFETIME_SECONDS = 60
_WORD = "visits"


def make_visits_token(user_key: Secret, now: float) -> str:
    claims = f"{_WORD}.{int(now) + LIFETIME_SECONDS}"
    return f"{claims}.{sign(user_key, claims)}"


def accepts_visits_token(user_key: Secret, token: str, now: float) -> bool:
    """Whether `token` is genuine and in time."""
    claims, _, signature = token.rpartition(".")
    word, _, expires = claims.partition(".")
    if word != _WORD or not (expires.isascii() and expires.isdigit() and signature.isascii()):
        return False
    genuine = hmac.compare_digest(signature, sign(user_key, claims))
    return genuine and now < int(expires) <= now + LIFETIME_SECONDS + 1
