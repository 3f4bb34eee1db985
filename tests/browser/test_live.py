"""New data reaches open pages by itself, and pages that lost the line come back to it."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from overview import create_app
from overview.server import OverviewServer
from tests.browser.conftest import OpenWindow
from tests.browser.serving import overview_served, sign_in_beforehand
from tests.factories import NOON, usage
from tests.overview.site import PASSWORD, make_state
from usage_store.engine import Store
from usage_store.storage_saving import save_storage

# A headless window is never hidden by itself.
_HIDE = """(hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""

_RANGE = "() => document.querySelector('[data-bubbles]')._fullLayout.xaxis.range"


class Machine:
    """An overview that can be stopped and started again, on one port."""

    def __init__(self, folder: Path, store: Store, open_window: OpenWindow) -> None:
        self.store = store
        self._state = make_state(folder / "state")
        self._open_window = open_window
        self._running = ExitStack()
        self._windows: list[Page] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        app = create_app(self._state, self.store)
        _, self.server = self._running.enter_context(overview_served(app, self._port))

    def stop(self) -> None:
        self._running.close()

    def close_windows(self) -> None:
        """Before the server stops, which they would complain about."""
        for window in self._windows:
            window.close()

    def sign_in(self, path: str) -> Page:
        page = self._open_window()
        self._windows.append(page)
        sign_in_beforehand(page.context, self.address, PASSWORD)
        page.goto(f"{self.address}{path}")
        return page

    def another_window(self, page: Page, path: str) -> Page:
        """Of the same browser as `page`."""
        window = page.context.new_page()
        self._windows.append(window)
        window.goto(f"{self.address}{path}")
        return window

    def save(self, gb: float, minutes: int = 0) -> None:
        with self.store.writing() as connection:
            save_storage(connection, [usage("alice", time=NOON + timedelta(minutes=minutes), gb=gb)])


@pytest.fixture
def machine(tmp_path: Path, sqlite_store: Store, open_window: OpenWindow) -> Iterator[Machine]:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=7), usage("bob", gb=30_000)])
    made = Machine(tmp_path, sqlite_store, open_window)
    yield made
    made.close_windows()
    made.stop()


def row_of(page: Page, user: str) -> Locator:
    return page.locator(".tabulator-row", has=page.get_by_role("link", name=user, exact=True))


def zoom_in(page: Page) -> None:
    """By the mouse, as viewers do."""
    before = page.evaluate(_RANGE)
    plot = page.locator("[data-bubbles] .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    until(page, lambda: page.evaluate(_RANGE) != before)


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to hold")


def listens(page: Page, server: OverviewServer, windows: int = 1) -> None:
    until(page, lambda: server.streams.listeners == windows)


def test_a_save_reaches_an_open_page_which_keeps_what_its_viewer_chose(machine: Machine) -> None:
    page = machine.sign_in("/storage")
    expect(row_of(page, "alice")).to_contain_text("7")
    expect(page.locator("[data-bubbles] .main-svg").first).to_be_visible()
    zoom_in(page)
    zoomed = page.evaluate(_RANGE)
    page.locator("#search").fill("ali")
    expect(page.locator(".tabulator-row")).to_have_count(1)
    page.evaluate("() => scrollTo(0, 300)")
    place = page.evaluate("() => scrollY")
    listens(page, machine.server)

    machine.save(123_456, minutes=30)

    expect(row_of(page, "alice")).to_contain_text("123,456")
    page.wait_for_function("() => document.querySelector('[data-bubbles]')._fullData[0].x.includes(123456)")
    assert page.evaluate(_RANGE) == zoomed
    expect(page.locator("#search")).to_have_value("ali")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator(".tabulator-row")).to_have_count(1)
    assert page.evaluate("() => scrollY") == place


def test_a_page_that_lost_the_line_says_so_and_catches_up(machine: Machine, console: list[str]) -> None:
    page = machine.sign_in("/storage")
    expect(row_of(page, "alice")).to_contain_text("7")
    listens(page, machine.server)
    machine.stop()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    machine.save(1_234, minutes=30)
    machine.start()
    expect(row_of(page, "alice")).to_contain_text("1,234")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_hidden()
    listens(page, machine.server)
    machine.save(2_345, minutes=60)
    expect(row_of(page, "alice")).to_contain_text("2,345")
    console.clear()  # the browser notes each time that nobody answered


def test_a_hidden_tab_asks_nothing_and_catches_up_when_it_is_looked_at(machine: Machine) -> None:
    page = machine.sign_in("/storage")
    expect(row_of(page, "alice")).to_contain_text("7")
    listens(page, machine.server)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(_HIDE, True)
    listens(page, machine.server, windows=0)
    asked.clear()
    machine.save(1_234, minutes=30)
    page.wait_for_timeout(800)
    assert asked == []
    page.evaluate(_HIDE, False)
    expect(row_of(page, "alice")).to_contain_text("1,234")
    listens(page, machine.server)


def test_all_windows_of_a_browser_share_one_line(machine: Machine) -> None:
    """It has six connections to a server: with a line for each, the seventh would never load."""
    page = machine.sign_in("/storage")
    expect(row_of(page, "alice")).to_contain_text("7")
    others = [machine.another_window(page, "/alerts") for _ in range(6)]
    last = machine.another_window(page, "/storage")
    expect(row_of(last, "alice")).to_contain_text("7")
    listens(page, machine.server)
    machine.save(1_234, minutes=30)
    for window in (page, last):
        expect(row_of(window, "alice")).to_contain_text("1,234")
    # Who opened it goes, and is missed by nobody.
    page.close()
    for window in others:
        window.evaluate(_HIDE, True)
    machine.save(2_345, minutes=60)
    expect(row_of(last, "alice")).to_contain_text("2,345")
    last.evaluate(_HIDE, True)
    listens(last, machine.server, windows=0)
    last.evaluate(_HIDE, False)
    listens(last, machine.server)


def test_where_no_line_is_to_be_had_pages_ask_by_themselves(machine: Machine, console: list[str]) -> None:
    """Too many listen, or a proxy lets no stream through; of a browser whose windows share nothing."""
    page = machine.sign_in("/login")
    page.add_init_script("delete window.SharedWorker")
    page.route(re.compile("/api/events$"), lambda route: route.fulfill(status=503, body="{}"))
    page.clock.install()
    page.goto(f"{machine.address}/storage")
    expect(row_of(page, "alice")).to_contain_text("7")
    machine.save(1_234, minutes=30)
    page.clock.run_for(31_000)
    expect(row_of(page, "alice")).to_contain_text("1,234")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_hidden()
    page.close()
    # The browser notes each of them, the last one maybe late.
    console[:] = [line for line in console if "503" not in line]
