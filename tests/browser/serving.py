"""A web program of ours on a real socket, by the server it has in earnest, and a visitor who is signed in."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext
from waitress import wasyncore
from waitress.server import create_server

from overview.events import REVISIONS
from overview.server import OverviewServer, listen
from user_dashboard.server import SERVER_OPTIONS


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """The address under which `app` answers meanwhile; port 0 is any that is free."""
    if REVISIONS in app.extensions:
        with overview_served(app, port) as (address, _):
            yield address
    else:
        with _dashboard_served(app, port) as address:
            yield address


@contextmanager
def overview_served(app: Flask, port: int = 0) -> Iterator[tuple[str, OverviewServer]]:
    server, listeners = OverviewServer(app), listen("127.0.0.1", port)
    thread = threading.Thread(target=server.run, args=(listeners,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listeners[0].getsockname()[1]}", server
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


@contextmanager
def _dashboard_served(app: Flask, port: int) -> Iterator[str]:
    server: Any = create_server(app, host="127.0.0.1", port=port, **SERVER_OPTIONS)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    if events := app.extensions.get("usermon_events"):
        events.stop()
    # In the server's own thread, and with the connections that a browser still holds: it waits for those.
    # A thread that ends a stream meanwhile may pull the trigger first: then all is closed already.
    with suppress(OSError):
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(timeout=10)
    assert not thread.is_alive()
    server.task_dispatcher.shutdown()


def sign_in_beforehand(context: BrowserContext, address: str, password: str) -> None:
    """What the login page does, without the page: for tests about what comes after it."""
    form = context.request.get(f"{address}/login").text()
    token = re.search(r'name="form_token" value="([^"]+)"', form)
    assert token
    answer = context.request.post(
        f"{address}/login", form={"form_token": token[1], "password": password}, max_redirects=0
    )
    assert answer.status == 303
