"""What holds for every page: small scripts, nothing that jumps or is cut, open to everybody.

In few windows: a light one at a desk and a dark phone walk through all pages, and what is wrong is told of
all pages at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.full_site import ReadOnlySite
from tests.browser.overview_site import Site, address, site

__all__ = ["address", "site"]

DARK_PHONE = {**PHONE, "color_scheme": "dark"}
MOST_SCRIPT_BYTES = 300_000
LARGEST_SHIFT = 0.1
FRESH_PAGES = (
    "/",
    "/storage",
    "/queues",
    "/io",
    "/hosts",
    "/backups",
    "/dashboards",
    "/collection",
    "/alerts",
    "/images",
    "/api/docs",
)
# With little or with trouble, what is shown above with much.
ALIKE = ("/users/bob", "/users/charlie", "/queues/cluster-old", "/hosts/calc-02", "/backups/attic/north")
FULL_PAGES = (
    *FRESH_PAGES,
    "/search?q=alice",
    "/users/alice",
    "/queues/cluster-a",
    "/io/users/alice",
    "/io/machines/vela/gpu01",
    "/hosts/gpu-01",
    "/backups/vault/south",
    *ALIKE,
)

# Decoded: before compression. Modules that are preloaded come twice.
_SCRIPTS = """() => Object.fromEntries(performance.getEntriesByType('resource')
    .filter(({ name }) => name.endsWith('.js') && !name.includes('plotly'))
    .map(({ name, decodedBodySize }) => [name.split('/').pop(), decodedBodySize]))"""
_SHIFT = """() => new Promise((resolve) => {
    let sum = 0;
    const told = [];
    const note = (entries) => entries.filter((one) => !one.hadRecentInput).forEach((one) => {
        sum += one.value;
        told.push(...one.sources.map(({ node }) => node?.id || node?.className || node?.nodeName));
    });
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => { note(observer.takeRecords()); resolve([sum, told.join(', ').slice(0, 200)]); }, 50);
})"""
# Of all versions of the guidelines, levels A and AA.
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_WHEN_IDLE = "() => new Promise((resolve) => setTimeout(() => requestIdleCallback(() => resolve()), 30))"
_WIDER = "() => document.documentElement.scrollWidth - innerWidth"


class Walk:
    """One window that opens page after page, each until it has all that it asks for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []
        self._waits: set[Request] = set()
        page.on("request", self._note)
        page.on("requestfinished", lambda request: self._waits.discard(request))
        page.on("requestfailed", lambda request: self._waits.discard(request))

    def through(self, paths: Sequence[str]) -> Iterator[str]:
        for path in paths:
            answer = self.page.goto(f"{self.address}{path}")
            assert answer is not None
            assert answer.status == 200, path
            expect(self.page.get_by_role("heading", level=1)).to_be_visible()
            self._settle()
            yield path

    def foreign(self) -> list[str]:
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)
        # The one has no end; that of the other, a worker's, the window is not told.
        if not request.url.endswith(("/api/events", "/shared_line.js")):
            self._waits.add(request)

    def _settle(self) -> None:
        quiet = 0
        while quiet < 3:
            self.page.evaluate(_WHEN_IDLE)
            quiet = 0 if self._waits else quiet + 1


def too_much_script(page: Page) -> Iterator[str]:
    scripts: dict[str, int] = page.evaluate(_SCRIPTS)
    assert all(scripts.values()), scripts
    total = sum(scripts.values())
    if total > MOST_SCRIPT_BYTES:
        yield f"{total} bytes of script: {scripts}"


def jumps(page: Page) -> Iterator[str]:
    shift, what = page.evaluate(_SHIFT)
    if shift >= LARGEST_SHIFT:
        yield f"layout shift {shift:.3f}: {what}"


def is_too_wide(page: Page) -> Iterator[str]:
    wider = page.evaluate(_WIDER)
    if wider > 0:
        yield f"{wider} pixels wider than the window"


def shuts_out(page: Page, rules: tuple[str, ...] = ()) -> Iterator[str]:
    """What axe-core finds serious or critical, by its rules or by some of them."""
    options = {"resultTypes": ["violations"], "runOnly": list(rules or _RULES)}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    for one in found:
        if one["impact"] in ("serious", "critical"):
            nodes = "; ".join(f"{node['target']} {node['html'][:120]}" for node in one["nodes"][:3])
            yield f"{one['id']} at {len(one['nodes'])} places: {nodes}"


def complaints(console: list[str]) -> Iterator[str]:
    yield from console
    console.clear()


def wrong_at_a_desk(page: Page, console: list[str]) -> Iterator[str]:
    yield from jumps(page)
    yield from too_much_script(page)
    yield from is_too_wide(page)
    yield from shuts_out(page)
    yield from complaints(console)


def wrong_on_a_phone(page: Page, console: list[str]) -> Iterator[str]:
    yield from is_too_wide(page)
    yield from shuts_out(page, ("scrollable-region-focusable", "color-contrast", "target-size"))
    yield from complaints(console)


# On the phone one page of each kind.
CHECKS = {
    "desk": ({}, FULL_PAGES, wrong_at_a_desk),
    "dark phone": (DARK_PHONE, [path for path in FULL_PAGES if path not in ALIKE], wrong_on_a_phone),
}


@pytest.mark.parametrize("where", CHECKS)
def test_every_page_of_a_full_facility_keeps_its_budgets(
    full_site: ReadOnlySite, open_window: OpenWindow, console: list[str], where: str
) -> None:
    window, paths, wrong = CHECKS[where]
    walk = Walk(full_site.sign_in(open_window, "/api/docs", **window), full_site.address)
    told = [f"{path}: {one}" for path in walk.through(paths) for one in wrong(walk.page, console)]
    assert not told, "\n".join(told)
    assert walk.foreign() == []


def test_every_page_of_an_empty_facility_keeps_its_budgets(site: Site, console: list[str]) -> None:
    walk = Walk(site.sign_in("/api/docs", **DARK_PHONE), site.address)
    told = [
        f"{path}: {one}"
        for path in walk.through(FRESH_PAGES)
        for one in (*shuts_out(walk.page), *wrong_on_a_phone(walk.page, console))
    ]
    assert not told, "\n".join(told)


# Page -> what is typed where, and what then shows as many times.
LARGE_PAGES = {
    "/storage": ("#search", "user0012", ".tabulator-row", 10),
    "/dashboards": ("#search", "user0012", ".tabulator-row", 10),
    "/hosts": ("#search", "node012", "[data-state] a[href*=node012]:visible", 10),
    "/queues/cluster-00": ("[data-job-filters] [name=name]", "11999", "[data-jobs-place] tbody tr", 1),
    "/io": None,
    "/backups": None,
    "/collection": None,
    "/": None,
    "/users/user00007": None,
}


def test_a_large_facility_is_shown_and_answers_who_types(
    large_site: ReadOnlySite, open_window: OpenWindow
) -> None:
    """10 000 users, 2 000 hosts, 50 000 jobs; how fast is what the benchmark measures."""
    walk = Walk(large_site.sign_in(open_window, "/api/docs"), large_site.address)
    for path in walk.through([*LARGE_PAGES]):
        assert [*jumps(walk.page)] == [], path
        if (typed := LARGE_PAGES[path]) is not None:
            field, words, found, count = typed
            walk.page.locator(field).first.fill(words)
            expect(walk.page.locator(found)).to_have_count(count)
