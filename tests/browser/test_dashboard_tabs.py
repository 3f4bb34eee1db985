"""The dashboard's tabs in a real browser: what is shown, kept in the address, and told at once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.dashboard_site import DashboardSite, enter, has_sideways_scroll, serve
from tests.browser.serving import sign_in_beforehand
from tests.factories import published
from tests.user_dashboard.io_samples import publish_io, published_io
from tests.user_dashboard.jobs_samples import publish_jobs, published_jobs
from tests.user_dashboard.samples import wandering
from tests.web_shared.accounts import PASSWORD
from user_dashboard.events import MOST_STREAMS
from usermon.published_io import IoMedian
from usermon.published_jobs import JobsMedian
from usermon.published_storage import VolumeMedian
from usermon.units import GIB

Screenshot = Callable[[Page, str], None]

TABS = ("storage", "io", "jobs")
_REDRAWN = "document.querySelector('#jobs-hours-plot .js-plotly-plot')"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DashboardSite]:
    """With data of all kinds, published a moment ago; looks for news by itself once an hour."""
    with serve(tmp_path, refresh_seconds=3600) as site:
        medians = {"local": VolumeMedian(35, 4_000 * GIB, 500_000)}
        storage = published(volumes={"local": wandering(seed=1), "cryo": wandering(seed=2)})
        site.publish(replace(storage, medians=medians))
        publish_io(site.data_folder, published_io(median=IoMedian(35, 9_000)))
        publish_jobs(
            site.data_folder,
            published_jobs(heard_at=int(time.time()), median=JobsMedian(35, 20.0), ended=40),
        )
        yield site


def open_tab(page: Page, site: DashboardSite, tab: str) -> None:
    sign_in_beforehand(page.context, site.url, PASSWORD)
    page.goto(f"{site.url}/?tab={tab}")
    wait_for_tab(page, tab)


def wait_for_tab(page: Page, tab: str) -> None:
    if tab == "storage":
        expect(page.locator("#files-plot .main-svg").first).to_be_visible()
    elif tab == "io":
        expect(page.locator("#io-sizes-plot .main-svg").first).to_be_visible()
        expect(page.locator("#io-machines-table tbody tr")).to_have_count(2)
    else:
        expect(page.locator("#jobs-hours-plot .main-svg").first).to_be_visible()
        expect(page.locator("#jobs-current-table tbody tr")).to_have_count(3)


def test_keys_choose_a_tab_and_the_address_keeps_it(site: DashboardSite, open_window: OpenWindow) -> None:
    page = open_window()
    enter(page, site)
    expect(page.locator("#now-gb-local")).to_be_visible()
    expect(page.locator("[data-volume=local]")).to_contain_text("median of all 35 users")
    page.get_by_role("tab", name="Storage").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="I/O")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="I/O")).to_contain_text("gpu-01")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Jobs")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#jobs-current-table")).to_contain_text("relax")
    assert page.url.endswith("/?tab=jobs")
    page.reload()
    expect(page.locator("#jobs-current-table")).to_contain_text("relax")
    page.keyboard.press("Tab")
    page.get_by_role("tab", name="Storage").click()
    expect(page.locator("#now-gb-local")).to_be_visible()
    assert page.url.endswith("/")


def zoom_in_and_out(page: Page, plot: str) -> None:
    """A drag and a double click: then the chosen range stands there again."""
    place = page.locator(f"{plot} .nsewdrag").first
    area = place.bounding_box()
    assert area is not None
    range_now = f"document.querySelector('{plot} .js-plotly-plot')._fullLayout.xaxis.range.join()"
    chosen = page.evaluate(range_now)
    page.mouse.move(area["x"] + 100, area["y"] + 40)
    page.mouse.down()
    page.mouse.move(area["x"] + 300, area["y"] + 41, steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => {range_now} !== {chosen!r}")
    place.dblclick()
    page.wait_for_function(f"() => {range_now} === {chosen!r}")


def test_range_and_scale_stand_in_the_address_and_the_way_back_brings_them(
    site: DashboardSite, open_window: OpenWindow
) -> None:
    page = open_window()
    enter(page, site)
    expect(page.locator("#now-gb-local")).to_be_visible()
    page.get_by_label("Month", exact=True).check()
    page.get_by_label("Log", exact=True).check()
    assert page.url.endswith("/?range=month&scale=log")
    page.get_by_role("tab", name="I/O").click()
    page.get_by_label("Week", exact=True).check()
    page.get_by_label("Linear", exact=True).check()
    assert page.url.endswith("/?range=week&tab=io")
    page.go_back()
    expect(page.get_by_role("tab", name="Storage")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("Month", exact=True)).to_be_checked()
    expect(page.get_by_label("Log", exact=True)).to_be_checked()
    page.wait_for_function(
        "() => document.querySelector('#storage-plot .js-plotly-plot')?.layout.yaxis.type === 'log'"
    )
    page.go_forward()
    page.reload()
    expect(page.get_by_role("tabpanel", name="I/O")).to_contain_text("gpu-01")
    expect(page.get_by_label("Week", exact=True)).to_be_checked()
    zoom_in_and_out(page, "#io-time-plot")
    page.goto(f"{site.url}/?range=%3Cb%3E&scale=none")
    expect(page.get_by_label("All", exact=True)).to_be_checked()
    expect(page.get_by_label("Linear", exact=True)).to_be_checked()


@pytest.mark.parametrize("tab", ["io", "jobs"])
def test_each_tab_shows_its_numbers_and_downloads_them(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot, tab: str
) -> None:
    page = open_window()
    open_tab(page, site, tab)
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("Compared with the median of all 35 users")
    if tab == "jobs":
        expect(panel).to_contain_text("cluster-a as of")
        page.get_by_role("button", name="Show 15 more").click()
        expect(page.locator("#jobs-finished-table tbody tr")).to_have_count(40)
        page.get_by_label("Months", exact=True).check()
        page.wait_for_function(f"() => {_REDRAWN}.data[0].x[0] === 'Feb 2026'")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == f"alice-{tab}.csv"
    screenshot(page, f"dashboard-tab-{tab}")


def test_each_tab_fits_a_dark_phone_and_keeps_nobody_out(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = open_window(**PHONE, color_scheme="dark")
    open_tab(page, site, "jobs")
    for tab in TABS:
        page.locator(f"#tab-{tab}").click()
        wait_for_tab(page, tab)
        assert not has_sideways_scroll(page)
        assert serious_findings(page) == []
        screenshot(page, f"dashboard-tab-{tab}-phone-dark")


def serious_findings(page: Page) -> list[tuple[str, str]]:
    """What axe-core says keeps people from using the page."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"]) for one in serious]


def test_news_reach_an_open_page_within_two_seconds_and_disturb_nothing(
    site: DashboardSite, open_window: OpenWindow
) -> None:
    page = open_window()
    with page.expect_response("**/events"):
        open_tab(page, site, "jobs")
    page.get_by_role("button", name="Show 15 more").click()
    page.evaluate("document.querySelector('#jobs-finished-table .scroll').marked = true")
    page.evaluate("scrollTo(0, 400)")
    publish_jobs(site.data_folder, published_jobs(heard_at=int(time.time()), ended=41, name="refined"))
    expect(page.locator("#jobs-current-table")).to_contain_text("refined", timeout=2_000)
    expect(page.locator("#jobs-finished-table tbody tr")).to_have_count(41)
    assert page.evaluate("document.querySelector('#jobs-finished-table .scroll').marked")
    assert page.evaluate("scrollY") == 400


def test_a_tab_comes_and_goes_with_its_file(site: DashboardSite, open_window: OpenWindow) -> None:
    page = open_window()
    with page.expect_response("**/events"):
        open_tab(page, site, "io")
    (site.data_folder / "io.json").unlink()
    expect(page.get_by_role("tab", name="I/O")).to_be_hidden()
    expect(page.locator("#now-gb-local")).to_be_visible()
    publish_io(site.data_folder, published_io())
    expect(page.get_by_role("tab", name="I/O")).to_be_visible()


def test_a_hidden_page_asks_nothing_and_catches_up_when_it_is_seen(
    site: DashboardSite, open_window: OpenWindow
) -> None:
    page = open_window()
    # Looked at before Dash is there: its console must not complain.
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event('visibilitychange')))"
    )
    with page.expect_response("**/events"):
        open_tab(page, site, "jobs")
    hide(page, True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    publish_jobs(site.data_folder, published_jobs(heard_at=int(time.time()), name="unseen"))
    page.wait_for_timeout(800)
    assert asked == []
    hide(page, False)
    expect(page.locator("#jobs-current-table")).to_contain_text("unseen")


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_a_page_too_many_is_refused_its_stream_and_still_shows_all(
    site: DashboardSite, open_window: OpenWindow, console: list[str]
) -> None:
    first = open_window()
    open_tab(first, site, "jobs")
    for _ in range(MOST_STREAMS - 1):
        another = first.context.new_page()
        with another.expect_response("**/events") as taken:
            another.goto(f"{site.url}/?tab=jobs")
        assert taken.value.status == 200
    last = first.context.new_page()
    with last.expect_response("**/events") as refused:
        last.goto(f"{site.url}/?tab=jobs")
    assert refused.value.status == 503
    expect(last.locator("#jobs-current-table")).to_contain_text("relax")
    console.clear()  # the browser complains of the 503


def test_names_from_outside_stay_text(site: DashboardSite, open_window: OpenWindow) -> None:
    publish_jobs(site.data_folder, published_jobs(name="<img src=x onerror=alert(1)>"))
    page = open_window()
    open_tab(page, site, "jobs")
    expect(page.locator("#jobs-current-table")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#jobs-current-table img").count() == 0


@pytest.mark.parametrize("tab", ["io", "jobs"])
def test_what_is_drawn_later_pushes_nothing_that_is_seen(
    site: DashboardSite, open_window: OpenWindow, tab: str
) -> None:
    page = open_window()
    page.add_init_script(
        """window.shifted = 0;
        new PerformanceObserver(list => {
            for (const entry of list.getEntries()) window.shifted += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    open_tab(page, site, tab)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shifted") < 0.05
    assert serious_findings(page) == []
