"""Addresses and cookies as a browser sees them where a proxy with TLS stands before the program.

The proxy tells in X-Forwarded-Proto. A visitor who forges it changes their own cookie and the addresses on
their own page, and nobody else's; whose address a proxy names, which others would pay for, is not read.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask


def heed_proxy(app: Flask) -> None:
    """Let requests of `app` be https where the proxy says so: `request.is_secure`, `request.host_url`."""
    plain = app.wsgi_app

    def with_scheme(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            environ["wsgi.url_scheme"] = "https"
        return plain(environ, start_response)

    app.wsgi_app = with_scheme  # type: ignore[method-assign]
