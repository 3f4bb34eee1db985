"""The hub over HTTP: one connection that is kept, TLS verified, one batch a request.

The standard library's client: httpx alone would take a third of the agent's 30 MB.
"""

import http.client
import ipaddress
import json
import logging
import ssl
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from usermon.errors import SettingsError, UsermonError
from usermon.secret import Secret

TIMEOUT_SECONDS = 60
# To connect, and to agree on TLS.
CONNECT_SECONDS = 10
_LARGEST_ANSWER_BYTES = 1 << 20

_log = logging.getLogger(__name__)


class HubAway(UsermonError):
    """The hub does not answer, or not as a hub does."""


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """`error` and `remedy` are what the hub says in a refusal of its own; None when somebody else answers."""

    status: int
    content: dict[str, Any]
    retry_after: float | None

    @property
    def is_taken(self) -> bool:
        return self.status == 200 and "taken" in self.content

    @property
    def error(self) -> str | None:
        error = self.content.get("error")
        return error if isinstance(error, str) else None


class Hub:
    """For one thread. `url` is where the overview answers, a path before its own may stand in it."""

    def __init__(self, url: str, token_file: Path, ca_file: Path | None = None) -> None:
        """Raises SettingsError."""
        self._scheme, self._host, self._port, self._prefix = _parts(url)
        self._token_file = token_file
        self._context = _context(ca_file) if self._scheme == "https" else None
        self._connection: http.client.HTTPConnection | None = None
        self.shown = f"{self._scheme}://{self._host}:{self._port}{self._prefix}"

    def send(self, kind: str, key: str, content: bytes) -> HubAnswer:
        """Deliver a packed batch. Raises HubAway, or SettingsError when the token cannot be read."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Idempotency-Key": key}
        return self._ask("POST", kind, content, headers)

    def sources(self) -> list[str]:
        """What this token may deliver. Raises HubAway or SettingsError, or UsermonError for a refusal."""
        answer = self._ask("GET", "sources", None, {})
        if answer.status == 200 and isinstance(answer.content.get("sources"), list):
            return [str(source) for source in answer.content["sources"]]
        if answer.error is not None:
            raise UsermonError(f"the hub {self.shown}: {answer.error}", str(answer.content.get("remedy", "")))
        raise self.is_none(answer)

    def is_none(self, answer: HubAnswer) -> HubAway:
        return HubAway(
            f"what answers at {self.shown} is no hub: status {answer.status}",
            "Check USERMON_HUB_URL, and what stands before the overview.",
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, what: str, content: bytes | None, headers: dict[str, str]) -> HubAnswer:
        headers = {
            **headers,
            # Read each time: a token that was replaced counts at once.
            "Authorization": f"Bearer {read_token(self._token_file).reveal()}",
            "Accept": "application/json",
            "User-Agent": "usermon-collect",
        }
        path = f"{self._prefix}/api/ingest/{what}"
        if self._connection is not None:
            # The other end may have closed what was kept, or be about to: the key makes asking again safe.
            with suppress(OSError, http.client.HTTPException):
                return self._exchange(self._connection, method, path, content, headers)
        self.close()
        try:
            self._connection = self._connect()
            return self._exchange(self._connection, method, path, content, headers)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise HubAway(
                f"the hub {self.shown} shows a certificate that is not trusted: {error.verify_message}",
                "Name who signed it in USERMON_HUB_CA_FILE, or correct the host's name in the URL.",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise HubAway(
                f"the hub {self.shown} does not answer: {reason}",
                "Check USERMON_HUB_URL, and that the overview runs there.",
            ) from error

    def _speaks_no_tls(self, reason: str) -> HubAway:
        return HubAway(
            f"the hub {self.shown} does not answer with TLS: {reason}",
            "It may speak http at that port: name the proxy with TLS that stands before the overview.",
        )

    def _connect(self) -> http.client.HTTPConnection:
        if self._context is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        else:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT_SECONDS, context=self._context
            )
        try:
            connection.connect()
        except ssl.SSLCertVerificationError:
            connection.close()
            raise
        except ssl.SSLError as error:
            connection.close()
            raise self._speaks_no_tls(error.reason or str(error)) from error
        except TimeoutError as error:
            connected = connection.sock is not None
            connection.close()
            if connected and self._context is not None:
                raise self._speaks_no_tls(f"silence for {CONNECT_SECONDS} s") from error
            raise
        connection.sock.settimeout(TIMEOUT_SECONDS)
        connection.auto_open = 0  # else it would connect anew by itself, with the shorter limit
        return connection

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        content: bytes | None,
        headers: dict[str, str],
    ) -> HubAnswer:
        connection.request(method, path, body=content, headers=headers)
        response = connection.getresponse()
        body = response.read(_LARGEST_ANSWER_BYTES)
        if not response.isclosed():
            self.close()
        return HubAnswer(response.status, _object(body), _seconds(response.headers.get("Retry-After")))


def warn_of_open_token(file: Path) -> None:
    """Anybody on this machine could deliver in its name."""
    with suppress(OSError):
        if file.stat().st_mode & stat.S_IROTH:
            _log.warning("everybody may read the token in %s: `chmod o-r` it", file)


def read_token(file: Path) -> Secret:
    """Raises SettingsError."""
    name = "USERMON_HUB_TOKEN_FILE"
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a token"
        raise SettingsError(
            name,
            f"{name} is {file}, which cannot be read: {reason}",
            "Write what the hub's `usermon-overview token NAME --scope ingest --source SOURCE` prints there.",
        ) from error
    if not text or not text.isprintable() or " " in text:
        raise SettingsError(
            name, f"{name} is {file}, which holds no token", "Write the token there, in one line."
        )
    return Secret(text)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    plain_allowed = host is not None and _is_this_machine(host)
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        raise SettingsError(
            "USERMON_HUB_URL",
            "USERMON_HUB_URL is no address of a hub",
            "Write it like https://hub.example.org.",
        )
    if parts.scheme == "http" and not plain_allowed:
        raise SettingsError(
            "USERMON_HUB_URL",
            f"USERMON_HUB_URL would send the token unencrypted to {host}",
            "Use https://, with a proxy for TLS before the overview; http:// is for this machine alone.",
        )
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, host, port or default, parts.path.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # also ssl.SSLError
        reason = error.strerror or str(error)
        raise SettingsError(
            "USERMON_HUB_CA_FILE",
            f"USERMON_HUB_CA_FILE is {ca_file}, which holds no certificates: {reason}",
            "Name a PEM file with the certificate of the authority that signed the hub's.",
        ) from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _seconds(header: str | None) -> float | None:
    return (
        float(header)
        if header is not None and header.isascii() and header.isdigit() and len(header) < 6
        else None
    )
