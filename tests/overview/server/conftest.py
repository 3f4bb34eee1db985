"""The overview's server on a real socket, and visitors that speak plain HTTP with it."""

import json
import re
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from overview import create_app
from overview.server import OverviewServer, listen
from tests.overview.site import PASSWORD, make_state
from usage_store.engine import Store

PATIENCE_SECONDS = 30
BASIC = {"Authorization": "Basic " + b64encode(f"admin:{PASSWORD}".encode()).decode()}


@dataclass
class Running:
    """A server in a thread; `stop` waits until it ended."""

    server: OverviewServer
    thread: threading.Thread
    port: int
    store: Store
    opened: ExitStack = field(default_factory=ExitStack)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
    ) -> HTTPResponse:
        """The answer, its body unread."""
        connection = self._connection()
        connection.request(method, path, body=body, headers=BASIC if headers is None else headers)
        return connection.getresponse()

    def plain(self) -> socket.socket:
        """A connection for a client with manners of its own."""
        return self.opened.enter_context(
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        )

    def listen(self, headers: dict[str, str] | None = None) -> "Stream":
        connection = self._connection()
        connection.request("GET", "/api/events", headers=BASIC if headers is None else headers)
        return Stream(connection.getresponse(), connection)

    def _connection(self) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        self.opened.callback(connection.close)
        return connection


@dataclass
class Stream:
    """Somebody who listens."""

    answer: HTTPResponse
    connection: HTTPConnection

    def leave(self) -> None:
        self.answer.close()
        self.connection.close()

    def lines(self) -> list[str]:
        """Those of the next event or comment; [] at the end of the stream."""
        found: list[str] = []
        while line := self.answer.readline().decode():
            if line == "\n":
                return found
            found.append(line.rstrip("\n"))
        return found

    def changed(self) -> dict[str, int]:
        """Of the next event; comments are passed over."""
        while lines := self.lines():
            if "event: changed" in lines:
                data: dict[str, int] = json.loads(lines[-1].removeprefix("data: "))
                return data
        raise AssertionError("the stream ended")


Serve = Callable[[], Running]


@pytest.fixture
def serve(tmp_path: Path, sqlite_store: Store) -> Iterator[Serve]:
    state = make_state(tmp_path / "state")
    running: list[Running] = []

    def start() -> Running:
        server, listeners = OverviewServer(create_app(state, sqlite_store)), listen("127.0.0.1", 0)
        thread = threading.Thread(target=server.run, args=(listeners,), daemon=True)
        thread.start()
        one = Running(server, thread, listeners[0].getsockname()[1], sqlite_store)
        running.append(one)
        return one

    yield start
    for one in running:
        one.opened.close()
        one.stop()


@pytest.fixture
def running(serve: Serve) -> Running:
    return serve()


def sign_in(running: Running) -> dict[str, str]:
    """The header that a browser sends once it signed in."""
    page = running.ask("/login", {"Accept": "text/html"})
    token = re.search(r'name="form_token" value="([^"]+)"', page.read().decode())
    assert token
    content = f"form_token={token[1]}&password={PASSWORD.replace(' ', '+')}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": _cookies(page)}
    answer = running.ask("/login", kind, "POST", content)
    assert answer.status == 303
    return {"Cookie": _cookies(answer)}


def _cookies(answer: HTTPResponse) -> str:
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie", []))
