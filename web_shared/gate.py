"""Who may come in: by session cookie, HTTP Basic or bearer token."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import flask
from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from usermon.secret import Secret
from usermon.signed_links import LinkChecker
from web_shared.account_secrets import AccountSecrets
from web_shared.error_pages import error_answer
from web_shared.login_log import LoginLog
from web_shared.passwords import PasswordCheck, Verdict
from web_shared.same_origin import (
    SAFE_METHODS,
    asked_by_a_browser,
    asked_by_a_script_of_a_page,
    is_foreign,
    safe_next,
)
from web_shared.sessions import LIFETIME_SECONDS, Binding, Kind, Session, Sessions, sign, signed_right
from web_shared.throttle import Throttle

STATIC_PREFIX = "/static/"  # styles and scripts, the same for everybody: the login page needs them too
_LOGIN_PATHS = frozenset({"/login", "/logout", "/open-as"})
_DEVICE_REMEMBERED_SECONDS = 365 * 86400


@dataclass(frozen=True, slots=True)
class Login:
    """What one app's login is for."""

    account: str  # the name that HTTP Basic gives and the login page shows
    title: str
    secrets_folder: Path
    open_paths: frozenset[str] = frozenset({"/healthz"})
    accepts_links: bool = False
    bearer: Callable[[Secret], Response | None] | None = None  # the refusal, None lets in
    bearer_prefix: str = "/api/"
    opens_itself: Callable[[], bool] | None = (
        None  # whether the address of this request carries its own right
    )


def current_session() -> Session | None:
    """The session of this request; None for HTTP Basic and bearer tokens."""
    session: Session | None = g.get("usermon_session")
    return session


def is_signed_in() -> bool:
    """Whether the account itself asks, by session or by HTTP Basic; no token and no key of a picture."""
    return current_session() is not None or bool(g.get("usermon_gave_password", False))


@dataclass
class Gate:
    """The login of one app at work."""

    login: Login
    sessions: Sessions = field(default_factory=Sessions)
    passwords: PasswordCheck = field(default_factory=PasswordCheck)
    throttle: Throttle = field(default_factory=Throttle)

    def __post_init__(self) -> None:
        self.secrets = AccountSecrets(self.login.secrets_folder)
        self.log = LoginLog(self.login.account)
        self.links = LinkChecker(started_at=time.time())

    def guard(self) -> AnyResponse | None:
        path = request.path
        if path in self.login.open_paths or path.startswith(STATIC_PREFIX):
            return None
        if self.login.opens_itself is not None and self.login.opens_itself():
            return None
        if self.login.bearer is not None and path.startswith(self.login.bearer_prefix):
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() == "bearer":
                return self.login.bearer(Secret(token.strip()))
        if request.method not in SAFE_METHODS and is_foreign(request):
            return error_answer(
                403,
                "this request came from another site",
                "Open the page itself and try again. A proxy must pass on the Host that it is asked for.",
            )
        if path in _LOGIN_PATHS:
            return None
        g.usermon_session = self.session_of_request()
        if g.usermon_session is not None:
            return None
        if request.authorization is not None and request.authorization.type == "basic":
            return self._basic(request.authorization.username or "", request.authorization.password or "")
        return self._refuse()

    def binding(self) -> Binding:
        """Raises SecretsUnreadable."""
        return Binding(
            self.login.account, self.secrets.session_key(), self.secrets.password_hash().fingerprint
        )

    def session_of_request(self) -> Session | None:
        cookie = request.cookies.get(self.cookie_name())
        return self.sessions.check(self.binding(), cookie, time.time()) if cookie else None

    def cookie_name(self) -> str:
        """Cookies ignore ports: dashboards on one host, and deployments, must not share a name."""
        tag = hashlib.sha256(f"cookie name {self.secrets.session_key().reveal()}".encode()).hexdigest()
        return f"usermon-{self.login.account}-{tag[:8]}"

    def try_password(self, password: str, name: str) -> tuple[Verdict, int]:
        """The verdict, and seconds to wait when it is BUSY. Wrong ones are slowed here."""
        password_hash = self.secrets.password_hash()
        named_right = name == self.login.account
        if named_right and self.passwords.is_known_right(password, password_hash):
            return Verdict.RIGHT, 0
        client, known_device = self._client()
        if wait := self.throttle.begin(client, known_device):
            return Verdict.BUSY, wait
        verdict = self.passwords.verify(password, password_hash) if named_right else Verdict.WRONG
        if verdict is Verdict.RIGHT:
            self.throttle.was_right(client, known_device)
        elif verdict is Verdict.WRONG:
            self.log.wrong_guess(request.remote_addr, named_right)
            for pause in self.throttle.begun_pauses(client, known_device):
                self.log.refusing(pause, request.remote_addr)
            self.passwords.slow_down(self.throttle.slow_seconds(client))
        return verdict, 1 if verdict is Verdict.BUSY else 0

    def open_session(self, kind: Kind, target: str) -> Response:
        """Send the browser to `target` with a fresh session; never one that existed before the login."""
        answer = flask.make_response(redirect(target, 303))
        now = time.time()
        lifetime = LIFETIME_SECONDS[kind] if kind is Kind.PASSWORD else None
        self.set_cookie(answer, self.cookie_name(), self.sessions.issue(self.binding(), kind, now), lifetime)
        if kind is Kind.PASSWORD and not self._client()[1]:
            nonce = Secret.random(12).reveal()
            device = f"{nonce}.{sign(self._device_binding(), 'device', nonce)}"
            self.set_cookie(answer, f"{self.cookie_name()}-device", device, _DEVICE_REMEMBERED_SECONDS)
        return answer

    def set_cookie(self, answer: Response, name: str, text: str, lifetime: int | None) -> None:
        answer.set_cookie(
            name, text, max_age=lifetime, path="/", httponly=True, samesite="Lax", secure=request.is_secure
        )

    def _client(self) -> tuple[str, bool]:
        """Whom the throttle counts: a browser that once signed in here counts alone, others by address."""
        cookie = request.cookies.get(f"{self.cookie_name()}-device", "")
        nonce, _, signature = cookie.partition(".")
        if nonce and signed_right(self._device_binding(), "device", nonce, signature):
            return f"device {nonce}", True
        address = request.remote_addr or "unknown"
        # One IPv6 customer holds a /64, that is 2^64 addresses.
        return (":".join(address.split(":")[:4]) if ":" in address else address), False

    def _device_binding(self) -> Binding:
        # Outlives a password change: the device stays known, it only never opens anything by itself.
        return Binding(self.login.account, self.secrets.session_key(), "")

    def _basic(self, name: str, password: str) -> AnyResponse | None:
        verdict, wait = self.try_password(password, name)
        if verdict is Verdict.RIGHT:
            g.usermon_gave_password = True
            return None
        return self._refuse() if verdict is Verdict.WRONG else too_many(wait)

    def _refuse(self) -> AnyResponse:
        if asked_by_a_browser(request) and request.method in SAFE_METHODS:
            if request.path == "/" and not request.query_string:
                return redirect("/login", 303)
            target = safe_next(request.full_path if request.query_string else request.path)
            return redirect(flask.url_for("login", next=target), 303)
        answer = error_answer(
            401,
            "not signed in",
            f"Sign in at /login, or give the account {self.login.account} by HTTP Basic.",
        )
        if not asked_by_a_script_of_a_page(request):
            answer.headers["WWW-Authenticate"] = 'Basic realm="Usermon", charset="UTF-8"'
        return answer


def too_many(wait: int) -> Response:
    answer = error_answer(
        429, "too many wrong passwords", f"Wait {wait} seconds, then try again with the right one."
    )
    answer.headers["Retry-After"] = str(wait)
    return answer
