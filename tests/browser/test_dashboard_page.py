"""The dashboard in a real browser: what is plotted, chosen, downloaded, and how it looks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.dashboard_site import (
    DashboardSite,
    enter,
    has_sideways_scroll,
    plot_layout,
    plotted,
    serve,
    wait_for_plots,
)
from tests.factories import published
from tests.user_dashboard.samples import DAY, NOW, volume, wandering, without
from usermon.published_storage import PublishedStorage, VolumeHistory
from usermon.units import GIB, gb_from_bytes

Screenshot = Callable[[Page, str], None]

LOCAL, CRYO = wandering(seed=1), wandering(seed=2)
TWO = published(timezone="Europe/Berlin", volumes={"local": LOCAL, "cryo": CRYO})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DashboardSite]:
    """With two volumes, which no test changes."""
    with serve(tmp_path_factory.mktemp("site")) as site:
        site.publish(TWO)
        yield site


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[DashboardSite]:
    """Without data yet, looking for some all the time. Goes on until the windows of the test are closed."""
    with serve(tmp_path, refresh_seconds=0.4) as site:
        yield site


@pytest.fixture
def page(site: DashboardSite, open_window: OpenWindow) -> Page:
    page = open_window()
    enter(page, site)
    wait_for_plots(page)
    return page


def test_the_plots_end_with_the_newest_sample(page: Page, screenshot: Screenshot) -> None:
    screenshot(page, "dashboard")
    for name, history in (("local", LOCAL), ("cryo", CRYO)):
        assert plotted(page, "storage")[name] == [gb_from_bytes(used) for used in history.used_bytes]
        assert plotted(page, "files")[name] == history.files
    # It stands at 13:00, as the facility's clock was, though the viewer's machine is ahead of UTC too.
    last = "document.querySelector('#storage-plot .js-plotly-plot').calcdata[0].at(-1).x"
    assert page.evaluate(last) == 1000 * (NOW + 3600)


def test_the_cards_say_the_same(page: Page) -> None:
    expect(page.locator("#now-gb-local")).to_have_text(f"{LOCAL.used_bytes[-1] >> 30:,}")
    expect(page.locator("#now-files-cryo")).to_have_text(f"{CRYO.files[-1]:,}")
    expect(page.locator("[data-volume=local]")).to_contain_text("2 March 2026, 13:00")


def test_nothing_is_asked_from_another_host(site: DashboardSite, open_window: OpenWindow) -> None:
    page = open_window()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, site)
    wait_for_plots(page)
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme.startswith("http")}
    assert hosts == {urlsplit(site.url).netloc}
    assert not [url for url in asked if "plotly.min.js" in url]


def test_a_second_visit_takes_scripts_and_styles_from_the_browsers_cache(
    site: DashboardSite, page: Page
) -> None:
    sizes = (
        "performance.getEntriesByType('resource')"
        ".map(entry => [new URL(entry.name).pathname, entry.transferSize])"
        ".filter(([path]) => /[.](js|css)$/.test(path))"
    )
    page.goto(f"{site.url}/")
    wait_for_plots(page)
    loaded = page.evaluate(sizes)
    assert len(loaded) > 8
    # One part of Dash has no version in its address: the browser asks whether it is still the same.
    asked_again = {address: transferred for address, transferred in loaded if transferred}
    assert list(asked_again) == ["/_dash-component-suites/dash/dcc/async-graph.js"]
    assert max(asked_again.values()) < 1_000


def test_the_scale_switch_makes_both_plots_logarithmic(page: Page, screenshot: Screenshot) -> None:
    page.get_by_label("Log", exact=True).check()
    page.wait_for_function(
        "() => document.querySelector('#files-plot .js-plotly-plot')._fullLayout.yaxis.type === 'log'"
    )
    assert plot_layout(page, "storage") == "log"
    screenshot(page, "dashboard-log")


def test_a_range_shows_its_time_only_and_keys_choose_it(page: Page) -> None:
    page.get_by_label("All", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Quarter", exact=True)).to_be_checked()
    page.get_by_label("Quarter", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "() => (([start, end]) => end - start < 1.2 * 86400e3)"
        "(document.querySelector('#storage-plot .js-plotly-plot')._fullLayout.xaxis.range"
        ".map(moment => +new Date(moment)))"
    )


def test_a_reference_line_comes_when_it_is_asked_for(page: Page) -> None:
    shapes = "document.querySelector('#files-plot .js-plotly-plot').layout.shapes.length"
    assert page.evaluate(shapes) == 0
    page.get_by_label("1,500,000 files").check()
    page.wait_for_function(f"() => {shapes} === 1")


def test_the_download_is_the_csv_of_all_samples(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    rows = download.value.path().read_text(encoding="utf-8").splitlines()
    assert download.value.suggested_filename == "alice-storage.csv"
    assert rows[0] == "volume,date,GB,nfiles"
    assert len(rows) == 1 + 2 * 700
    assert rows[700] == f"local,2026-03-02 13:00,{LOCAL.used_bytes[-1] >> 30},{LOCAL.files[-1]}"


def test_dark_colours_reach_the_plots_and_the_choice_is_remembered(
    site: DashboardSite, page: Page, screenshot: Screenshot
) -> None:
    line = "document.querySelector('#storage-plot .js-plotly-plot').data[0].line.color"
    assert page.evaluate(line) == "#0072b2"
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_function(f"() => {line} === '#56b4e9'")
    page.goto(f"{site.url}/")
    wait_for_plots(page)
    assert page.evaluate(line) == "#56b4e9"
    screenshot(page, "dashboard-dark")


def test_a_dark_system_gets_dark_plots_at_once(site: DashboardSite, open_window: OpenWindow) -> None:
    page = open_window(color_scheme="dark")
    enter(page, site)
    wait_for_plots(page)
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")
    assert (
        page.evaluate("document.querySelector('#files-plot .js-plotly-plot').data[1].line.color") == "#f0975a"
    )


def test_the_page_fits_a_phone(site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot) -> None:
    page = open_window(**PHONE)
    enter(page, site)
    wait_for_plots(page)
    assert not has_sideways_scroll(page)
    screenshot(page, "dashboard-phone")


@pytest.mark.parametrize("window", [{}, PHONE])
def test_the_times_of_both_plots_lie_below_each_other(
    empty_site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot, window: dict[str, Any]
) -> None:
    small = VolumeHistory(LOCAL.time, [(3 + n % 5) * GIB for n in range(700)], [4_000_001] * 700)
    empty_site.publish(published(volumes={"local": small, "cryo": CRYO}))
    page = open_window(**window)
    enter(page, empty_site)
    wait_for_plots(page)
    size = """plot => {
        const { l, w } = document.querySelector(plot + ' .js-plotly-plot')._fullLayout._size;
        return [l, w];
    }"""
    for scale in ("Linear", "Log"):
        page.get_by_role("radio", name=scale, exact=True).check()
        page.wait_for_function(
            "type => document.querySelector('#files-plot .js-plotly-plot')._fullLayout.yaxis.type === type",
            arg=scale.lower(),
        )
        assert page.evaluate(size, "#storage-plot") == page.evaluate(size, "#files-plot")
        screenshot(page, f"dashboard-aligned-{'phone' if window else 'desktop'}-{scale.lower()}")


def drag_over_storage(page: Page) -> None:
    area = page.locator("#storage-plot .nsewdrag").first.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 200, area["y"] + 60)
    page.mouse.down()
    page.mouse.move(area["x"] + 500, area["y"] + 160, steps=5)
    page.mouse.up()


def test_zoom_survives_a_redraw(page: Page) -> None:
    shown = "document.querySelector('#storage-plot .js-plotly-plot')._fullLayout.xaxis.range.join()"
    before = page.evaluate(shown)
    drag_over_storage(page)
    page.wait_for_function(f"() => {shown} !== {before!r}")
    zoomed = page.evaluate(shown)
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_function(
        "() => document.querySelector('#storage-plot .js-plotly-plot').data[0].line.color === '#56b4e9'"
    )
    assert page.evaluate(shown) == zoomed


def test_a_new_file_is_drawn_without_a_hand(empty_site: DashboardSite, open_window: OpenWindow) -> None:
    empty_site.publish(published(volumes={"local": volume(gb=120), "cryo": volume(gb=7)}))
    page = open_window()
    enter(page, empty_site)
    wait_for_plots(page)
    empty_site.publish(published(volumes={"local": volume(gb=121, count=11), "cryo": volume(gb=7)}))
    expect(page.locator("#now-gb-local")).to_have_text("121")
    assert plotted(page, "storage")["local"][-1] == 121

    # Until somebody zooms the axes follow the newest sample; a zoom of both stays.
    ranges = """() => { const axes = document.querySelector('#storage-plot .js-plotly-plot')._fullLayout;
        return [axes.xaxis, axes.yaxis].map((axis) => axis.range.map((end) => axis.r2l(end)).join(" ")); }"""
    whole = page.evaluate(ranges)
    drag_over_storage(page)
    page.wait_for_function(f"whole => ({ranges})().every((range, n) => range !== whole[n])", arg=whole)
    zoomed = page.evaluate(ranges)
    empty_site.publish(published(volumes={"local": volume(gb=190, count=12), "cryo": volume(gb=7)}))
    expect(page.locator("#now-gb-local")).to_have_text("190")
    assert page.evaluate(ranges) == zoomed
    page.locator("#storage-plot .nsewdrag").first.dblclick()
    page.wait_for_function(f"zoomed => ({ranges})().every((range, n) => range !== zoomed[n])", arg=zoomed)
    whole_again = page.evaluate(ranges)
    assert float(whole_again[1].split()[1]) > 190 > float(whole[1].split()[1])
    page.get_by_label("Log", exact=True).check()
    page.wait_for_function(f"whole => ({ranges})()[1] !== whole[1]", arg=whole_again)
    assert page.evaluate(ranges)[0] == whole_again[0]


def test_a_first_file_is_drawn_without_a_hand(empty_site: DashboardSite, open_window: OpenWindow) -> None:
    page = open_window()
    enter(page, empty_site)
    expect(page.get_by_text("No data yet")).to_be_visible()
    empty_site.publish(TWO)
    wait_for_plots(page)
    expect(page.get_by_text("No data yet")).to_have_count(0)


def test_an_unchanged_file_costs_no_redraw(empty_site: DashboardSite, open_window: OpenWindow) -> None:
    empty_site.publish(TWO)
    page = open_window()
    enter(page, empty_site)
    wait_for_plots(page)
    sizes = []
    for _ in range(2):
        with page.expect_response("**/_dash-update-component") as answer:
            pass
        sizes.append(len(answer.value.body()))
    assert max(sizes) < 100


_STATES: dict[str, tuple[PublishedStorage | bytes | None, str]] = {
    "one-volume": (published(volumes={"local": volume(100)}), "You have samples on one volume only: local."),
    "empty-volume": (
        published(volumes={"cryo": volume(100), "local": VolumeHistory([], [], [])}),
        "There are no samples of local for you.",
    ),
    "no-data": (None, "No data yet"),
    "damaged": (b"{", "The published data is damaged"),
    "gaps": (
        published(volumes={"local": without(wandering(), 200, 300), "cryo": wandering(seed=3)}),
        "Where a line breaks (local), no samples were taken.",
    ),
    "different-dates": (
        published(volumes={"local": volume(100), "cryo": volume(80, end=NOW - 3 * DAY)}),
        "Newer samples should have come.",
    ),
    "single-sample": (published(volumes={"local": volume(1), "cryo": volume(1)}), "a line needs two"),
    "three-volumes": (
        published(volumes={"local": LOCAL, "cryo": CRYO, "scratch": wandering(seed=4)}),
        "scratch",
    ),
}


@pytest.mark.parametrize("state", _STATES)
def test_every_state_has_a_page_that_says_so(
    empty_site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot, state: str
) -> None:
    content, words = _STATES[state]
    if content is not None:
        empty_site.publish(content)
    page = open_window()
    enter(page, empty_site)
    expect(page.locator("main")).to_contain_text(words)
    screenshot(page, f"dashboard-{state}")
