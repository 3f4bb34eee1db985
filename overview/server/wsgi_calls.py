"""A request as Flask is told of it, and what Flask answers."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from overview.events import EVENT_LINE, EventLine

Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whole: the overview has no answer that is made while it is sent."""

    status: int
    headers: Headers
    body: bytes


def environ_of(scope: Any, body: IO[bytes], line: EventLine) -> Environ:
    """What PEP 3333 asks for. The client is who is connected: whom a proxy names is its word alone."""
    address, port = scope["server"] or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": address,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,  # the body lies there whole
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        EVENT_LINE: line,
    }
    for name, content in _variables(scope["headers"]):
        environ[name] = f"{environ[name]},{content}" if name in environ else content
    return environ


def _variables(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    for raw_name, raw_content in headers:
        # X_Forwarded_Proto would read like X-Forwarded-Proto, past a proxy that only knows the latter.
        # The body lies there whole and has a length, however it came.
        if b"_" in raw_name or raw_name == b"transfer-encoding":
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        yield name, raw_content.decode("latin-1")


def _named(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[bytes, str]]:
    return ((name.lower().encode("latin-1"), content) for name, content in headers)


def call(app: Any, environ: Environ) -> Answer:
    """Ask the WSGI application `app`, in whatever thread this is."""
    begun: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        # The last one counts: after an error Flask begins anew. The date is the server's to say.
        begun[:] = [(int(status[:3]), [(n, v.encode("latin-1")) for n, v in _named(headers) if n != b"date"])]

    parts = app(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return Answer(*begun[0], body)
