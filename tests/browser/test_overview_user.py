"""The page of one user as an admin meets it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.full_site import ReadOnlySite
from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import usage
from usage_store.storage_saving import save_storage
from usermon.units import GIB

__all__ = ["address", "site"]

Screenshot = Callable[[Page, str], None]


def test_everything_of_a_user_stands_on_one_page(
    full_site: ReadOnlySite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = full_site.sign_in(open_window, "/users/bob")
    expect(page.get_by_role("heading", name="bob", level=1)).to_be_visible()
    local = page.get_by_role("region", name="local now")
    expect(local.locator("[data-now=gb]")).to_have_text("1,130")
    expect(local).to_contain_text(
        "Over the soft limit of 1,000 GiB by 130 GiB. Time left to get below it: 6 days."
    )
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong).to_contain_text("The dashboard of bob failed")
    expect(page.locator("[data-history] .main-svg").first).to_be_visible()
    assert page.locator("[data-history]").count() == 4  # GiB and files of two volumes
    gb = page.locator("[data-history=local][data-kind=gb]")
    expect(gb.locator(".annotation-text").first).to_contain_text("limit")
    expect(page.locator("[data-user-jobs]")).to_contain_text("Running and waiting")
    expect(page.locator("[data-user-io]")).to_be_visible()
    expect(page.locator("[data-user-io] .warning")).to_be_hidden()
    page.get_by_role("button", name="Month").first.click()
    expect(page).to_have_url(f"{full_site.address}/users/bob?range=month")
    expect(page.locator("img")).to_have_count(0)  # the error of the dashboard holds one
    screenshot(page, "overview-user-bob")


def test_a_silent_log_does_not_pass_for_a_user_who_reads_nothing(
    full_site: ReadOnlySite, open_window: OpenWindow
) -> None:
    page = full_site.sign_in(open_window, "/images")
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=3))
    page.goto(f"{full_site.address}/users/bob")
    expect(page.locator("[data-user-io] .warning")).to_contain_text("The newest entry of reads is 3 days old")


def test_each_plot_stays_within_its_card(full_site: ReadOnlySite, open_window: OpenWindow) -> None:
    """That of CPU hours is drawn first, and the one of GPU hours takes half of its width."""
    page = full_site.sign_in(open_window, "/users/alice")
    expect(page.get_by_role("img", name="GPU hours a day").locator(".main-svg").first).to_be_visible()
    page.locator("[data-user-jobs]").evaluate("place => { place.style.maxWidth = '60%'; }")  # not the window
    page.wait_for_function(
        """() => [...document.querySelectorAll('.user-hours-plot')].every((place) =>
            place.querySelector('.main-svg').getBoundingClientRect().width <= place.clientWidth)"""
    )


def test_what_is_not_there_of_a_user_is_not_shown(full_site: ReadOnlySite, open_window: OpenWindow) -> None:
    page = full_site.sign_in(open_window, "/users/charlie", **PHONE, color_scheme="dark")
    expect(page.get_by_text("No storage of charlie was measured yet")).to_be_visible()
    expect(page.locator("[data-user-jobs]")).to_be_hidden()
    expect(page.locator("[data-user-io]")).to_be_hidden()
    page.goto(f"{full_site.address}/users/bob")
    expect(page.locator("[data-history] .main-svg").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390


def test_new_samples_show_without_a_reload_and_keep_the_zoom(site: Site) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with site.store.writing() as connection:
        save_storage(
            connection, [usage("alice", "local", now - timedelta(days=day), 100 - day) for day in range(20)]
        )
    page = site.sign_in("/users/alice")
    plot = page.locator("[data-history=local][data-kind=gb] .history-plot")
    expect(plot.locator(".main-svg").first).to_be_visible()
    box = plot.locator(".nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('.history-plot').layout.yaxis.range[0] > 82")
    zoomed = plot.evaluate("place => place._fullLayout.yaxis.range")
    with site.store.writing() as connection:
        save_storage(connection, [usage("alice", "local", now, 117, 5, 110 * GIB)])
    look_again(page)
    expect(page.locator("[data-now=gb]")).to_have_text("117")
    expect(page.locator("[data-volume=local]")).to_contain_text("Over the soft limit of 110 GiB by 7 GiB.")
    page.wait_for_function("() => document.querySelector('.history-plot').data[0].y.at(-1) === 117")
    assert plot.evaluate("place => place._fullLayout.yaxis.range") == zoomed
