"""Each page of the overview in Chromium, with an empty cache: when it shows something, and what that costs.

On the small facility of the browser tests and on the large one: 10 000 users, 2 000 hosts, 50 000 jobs.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from tests.browser.conftest import CHROMIUM
from tests.browser.full_site import facility_served
from tests.browser.serving import sign_in_beforehand
from tests.overview.site import PASSWORD

RUNS = 3
PICTURE_SECONDS = 1.5
LONG_TASK_MS = 500
PAGES = {
    "small": (
        "/",
        "/storage",
        "/users/alice",
        "/queues",
        "/queues/cluster-a",
        "/io",
        "/io/users/alice",
        "/hosts",
        "/hosts/gpu-01",
        "/backups",
        "/backups/vault/south",
        "/dashboards",
        "/collection",
        "/alerts",
    ),
    "large": (
        "/",
        "/storage",
        "/users/user00007",
        "/queues",
        "/queues/cluster-00",
        "/io",
        "/io/users/user00007",
        "/hosts",
        "/hosts/node0007",
        "/backups",
        "/backups/hub1/node04",
        "/dashboards",
        "/collection",
        "/alerts",
    ),
}
# Milliseconds from the navigation on, and of the longest task that kept the page from answering its viewer.
_MEASURED = """() => new Promise((resolve) => {
    const found = { picture: 0, task: 0 };
    new PerformanceObserver((list) => { found.picture = list.getEntries().at(-1).startTime; })
        .observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => {
        found.task = Math.max(found.task, duration);
    })).observe({ type: 'longtask', buffered: true });
    setTimeout(() => resolve(found), 100);
})"""


def measure() -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for facility, paths in PAGES.items():
            with (
                tempfile.TemporaryDirectory(prefix="usermon-pages-") as folder,
                facility_served(facility, Path(folder)) as site,
            ):
                yield from _of_facility(browser, facility, site.address, paths)
        browser.close()


def _of_facility(browser: Any, facility: str, address: str, paths: tuple[str, ...]) -> Iterator[Figure]:
    signed_in = browser.new_context()
    sign_in_beforehand(signed_in, address, PASSWORD)
    state = signed_in.storage_state()
    signed_in.close()
    pictures: dict[str, float] = {}
    tasks: dict[str, float] = {}
    first: dict[str, float] = {}
    for path in paths:
        runs = [_open(browser, state, f"{address}{path}") for _ in range(1 + RUNS)]
        first[path] = runs[0]["picture"] / 1000  # the server makes the page's feeds
        pictures[path] = statistics.median(run["picture"] for run in runs[1:]) / 1000
        tasks[path] = statistics.median(run["task"] for run in runs[1:])
    slowest = max(pictures, key=lambda path: pictures[path])
    yield Figure(
        f"first useful picture of the slowest page, {facility} facility",
        pictures[slowest],
        "s",
        PICTURE_SECONDS,
        f"{slowest}; largest contentful paint, empty cache, median of {RUNS} (first visitor of all): "
        + ", ".join(f"{path} {seconds:.2f} ({first[path]:.2f})" for path, seconds in pictures.items()),
    )
    longest = max(tasks, key=lambda path: tasks[path])
    yield Figure(
        f"longest task of a page while it opens, {facility} facility",
        tasks[longest],
        "ms",
        LONG_TASK_MS,
        f"{longest}; " + ", ".join(f"{path} {ms:.0f}" for path, ms in tasks.items()),
    )


def _open(browser: Any, state: Any, url: str) -> dict[str, float]:
    context = browser.new_context(storage_state=state, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    # Playwright is not told when a shared worker's script has come, and would wait for it without end.
    page.add_init_script("delete window.SharedWorker")
    page.goto(url)
    page.wait_for_load_state("networkidle")
    time.sleep(0.2)
    measured: dict[str, float] = page.evaluate(_MEASURED)
    context.close()
    return measured
