"""A served overview for browser tests: the real server, on a port of its own, and the admin signed in."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError
from waitress.server import create_server

from overview import create_app
from tests.browser.conftest import OpenWindow
from tests.overview.site import PASSWORD, make_state
from usage_store.engine import Store


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    store: Store
    open_window: OpenWindow

    def sign_in(self, path: str = "/", **options: Any) -> Page:
        """A new window on `path`, after the login page."""
        page = self.open_window(**options)
        page.goto(f"{self.address}/login?next={path}")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        try:
            page.wait_for_url(f"{self.address}{path}")
        except TimeoutError:
            # Chromium drops what it waits for when a container starts anywhere on the machine.
            page.goto(f"{self.address}{path}")
        return page


@pytest.fixture
def site(tmp_path: Path, sqlite_store: Store, open_window: OpenWindow) -> Iterator[Site]:
    """The overview on an empty store; tests save what they need."""
    server = create_server(create_app(make_state(tmp_path / "state"), sqlite_store), host="127.0.0.1", port=0)

    def serve() -> None:
        with suppress(OSError):  # closing takes its sockets away while it waits for them
            server.run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", sqlite_store, open_window)
    server.close()
    thread.join(timeout=10)


def look_again(page: Page) -> None:
    """What a browser tells a page when its tab comes to the front: the page asks for news at once."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
