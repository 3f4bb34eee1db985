"""One Chromium for all browser tests; each test gets its own windows and fails on console errors."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.full_site import full_site, large_site

# Here, and imported by no test: each module that imports them would make facilities of its own.
__all__ = ["full_site", "large_site"]

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

# Chromium drops what it waits for whenever a container starts or ends anywhere on the machine.
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
_ATTEMPTS = 3
_dropped = pytest.StashKey[list[str]]()

OpenWindow = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_ours(item):
            item.add_marker(pytest.mark.browser)
    # Before all tests that start containers.
    items.sort(key=lambda item: not _is_ours(item))


def _is_ours(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A test that failed while the network was pulled from under its browser is taken again."""
    if not _is_ours(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for attempt in range(1, _ATTEMPTS + 1):
        item.stash[_dropped] = []
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        if attempt == _ATTEMPTS or not item.stash[_dropped] or not any(one.failed for one in reports):
            break
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


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
def open_window(
    chromium: Browser, console: list[str], request: pytest.FixtureRequest
) -> Iterator[OpenWindow]:
    """Opens a window: `open_window(**PHONE, color_scheme="dark")`."""
    contexts: list[BrowserContext] = []
    dropped = request.node.stash[_dropped]

    def open_one(**options: Any) -> Page:
        context = chromium.new_context(**{**DESKTOP, "timezone_id": "Europe/Berlin", **options})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(console, message.type, message.text))
        page.on("requestfailed", lambda asked: _note_dropped(dropped, asked.url, asked.failure))
        page.on("pageerror", lambda error: console.append(f"uncaught: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert console == []


def _note(console: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning") and NETWORK_CHANGED not in text:
        console.append(f"{kind}: {text}")


def _note_dropped(dropped: list[str], url: str, failure: str | None) -> None:
    if failure and NETWORK_CHANGED in failure:
        dropped.append(url)


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page below build/screenshots, to be looked at."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return keep
