"""A person with a browser, as far as a server can tell: cookies, HTML, forms with their hidden fields."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_HTML = {"Accept": "text/html,application/xhtml+xml"}


class Visitor:
    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.client: FlaskClient = app.test_client()
        self._from = {"REMOTE_ADDR": address}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers=_HTML | more.pop("headers", {}), environ_base=self._from, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(
            path, headers=_HTML | more.pop("headers", {}), environ_base=self._from, **more
        )

    def sign_in(self, password: str, path: str = "/login", **fields: str) -> TestResponse:
        form = hidden_fields(self.get(path).text)
        return self.post("/login", data={**form, "password": password, **fields})

    def cookies(self) -> dict[str, str]:
        # werkzeug's test client has no public way to list its cookies.
        return {cookie.key: cookie.value for cookie in self.client._cookies.values()}  # type: ignore[union-attr]


def hidden_fields(page: str) -> dict[str, str]:
    tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in tags}
