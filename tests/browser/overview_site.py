"""A served overview for browser tests: the real server, on a port of its own, and the admin signed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from overview import create_app
from tests.browser.conftest import OpenWindow
from tests.browser.serving import served, sign_in_beforehand
from tests.overview.site import PASSWORD, make_state
from usage_store.engine import Store


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    store: Store
    open_window: OpenWindow

    def sign_in(self, path: str = "/", **options: Any) -> Page:
        """A new window on `path` of somebody who is signed in."""
        page = self.open_window(**options)
        sign_in_beforehand(page.context, self.address, PASSWORD)
        page.goto(f"{self.address}{path}")
        return page


@pytest.fixture
def address(tmp_path: Path, sqlite_store: Store) -> Iterator[str]:
    """Of the overview on an empty store."""
    with served(create_app(make_state(tmp_path / "state"), sqlite_store)) as served_at:
        yield served_at


@pytest.fixture
def site(address: str, sqlite_store: Store, open_window: OpenWindow) -> Site:
    """The overview on an empty store; tests save what they need. Windows are closed before it ends."""
    return Site(address, sqlite_store, open_window)


def look_again(page: Page) -> None:
    """What a browser tells a page when its tab comes to the front: the page asks for news at once."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
