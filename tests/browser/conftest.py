"""One Chromium for all browser tests, and pages that notice errors and foreign requests by themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.shared_data import REPOSITORY

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
_CHROMIUM = "/usr/bin/chromium"
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK = {**DESKTOP, "color_scheme": "dark"}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """`open_page(base_url, **context_options)` gives a page in a context of its own.

    At the end of the test, errors in any page's console and requests to other hosts are failures. Answers
    that a test provokes (a wrong password: 401) show in the console too and are no errors of the page.
    """
    troubles: list[str] = []
    contexts = []

    def open_one(base_url: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=base_url, **{**DESKTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
        page.on(
            "console",
            lambda message: (
                troubles.append(f"console: {message.text}")
                if message.type in ("error", "warning") and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.on("request", lambda request: _note_foreign(request.url, base_url, troubles))
        page.on("response", lambda response: _note_broken(response, troubles))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Keeps what a test saw under build/screenshots/NAME.png, for people to look at."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS, f"{name}.png"), full_page=True)

    return keep


def _note_foreign(url: str, base_url: str, troubles: list[str]) -> None:
    if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != urlsplit(base_url).netloc:
        troubles.append(f"request to another host: {url}")


def _note_broken(response: Response, troubles: list[str]) -> None:
    if response.status == 404 or response.status >= 500:
        troubles.append(f"{response.status}: {response.url}")
