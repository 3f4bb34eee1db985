"""One Chromium for all browser tests; each test gets its own windows and fails on console errors."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

# How long a page may take on a busy machine until it shows what is expected; Playwright gives it 5 s.
expect.set_options(timeout=20_000)

OpenWindow = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-gpu",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def console() -> list[str]:
    """What the console of any window of this test complained about. A test that expects a complaint
    clears it; what is left at the end fails the test."""
    return []


@pytest.fixture
def open_window(chromium: Browser, console: list[str]) -> Iterator[OpenWindow]:
    """Opens a window: `open_window(**PHONE, color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        context = chromium.new_context(**{**DESKTOP, "timezone_id": "Europe/Berlin", **options})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(console, message.type, message.text))
        page.on("pageerror", lambda error: console.append(f"uncaught: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert console == []


def _note(console: list[str], kind: str, text: str) -> None:
    # Chromium drops what it waits for whenever a container starts anywhere on the machine; pages ask again.
    if kind in ("error", "warning") and "ERR_NETWORK_CHANGED" not in text:
        console.append(f"{kind}: {text}")


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page below build/screenshots, to be looked at."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return keep
