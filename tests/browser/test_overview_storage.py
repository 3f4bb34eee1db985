"""The storage page as an admin meets it."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import NOON, dashboard_state, ledger_entry, usage
from tests.overview.test_api import final_values
from tests.shared_data import expected_storage
from usage_store.dashboards import save_ledger, save_states
from usage_store.storage_saving import save_storage

__all__ = ["address", "site"]

Screenshot = Callable[[Page, str], None]


def fill(site: Site) -> None:
    """Alice on two volumes, bob over a million files, charlie listed with nothing, dora in no list."""
    with site.store.writing() as connection:
        week_ago = NOON - timedelta(days=7)
        save_storage(
            connection,
            [
                usage("alice", "local", week_ago, gb=90, files=900),
                usage("alice", "local", gb=100, files=1_000),
                usage("alice", "cryo", gb=700, files=70),
                usage("bob", "local", gb=30_000, files=1_600_000),
                usage("bob", "cryo", gb=5, files=4_000_000),
                usage("dora", "cryo", gb=0, files=0),
            ],
        )
        save_ledger(
            connection,
            [ledger_entry("alice", 8100), ledger_entry("bob", 8101), ledger_entry("charlie", 8102)],
        )
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob", "failed")])


def plotted(page: Page, volume: str) -> dict[str, list[float]]:
    """What the plot really draws: user -> [x, y, size]."""
    drawn: dict[str, list[float]] = page.evaluate(
        """(volume) => {
            const places = [...document.querySelectorAll('[data-bubbles]')];
            const place = places.find((one) => one.dataset.bubbles === volume);
            const { customdata, x, y, marker } = place._fullData.find((one) => one.meta === 'users');
            return Object.fromEntries(customdata.map((user, at) => [user, [x[at], y[at], marker.size[at]]]));
        }""",
        volume,
    )
    return drawn


def wait_for_plots(page: Page) -> None:
    places = page.locator("[data-bubbles]")
    for place in places.all():
        expect(place.locator(".main-svg").first).to_be_visible()


def row_of(page: Page, user: str) -> Any:
    return page.locator(".tabulator-row", has=page.get_by_role("link", name=user, exact=True))


def users_shown(page: Page) -> list[str]:
    return page.locator(".user-link").all_text_contents()


def test_bubbles_lie_where_the_numbers_say_and_zero_stays_in_sight(site: Site) -> None:
    fill(site)
    page = site.sign_in("/storage")
    wait_for_plots(page)
    assert plotted(page, "local") == {"alice": [100, 1_000, 700], "bob": [30_000, 1_600_000, 5]}
    assert plotted(page, "cryo")["alice"] == [700, 70, 100]
    at, _, _ = plotted(page, "cryo")["dora"]
    assert at > 0  # there is no zero on a logarithmic axis: it has a place of its own
    assert page.locator("[data-bubbles=cryo] .xtick text").all_text_contents()[0] == "0"
    page.get_by_role("button", name="Linear").click()
    expect(page.get_by_role("button", name="Linear")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        "() => document.querySelector('[data-bubbles=cryo]').layout.xaxis.type === 'linear'"
    )
    assert plotted(page, "cryo")["dora"][0] == 0


def test_bubbles_are_those_of_the_shared_data(
    site: Site, shared_storage: Path, screenshot: Screenshot
) -> None:
    with site.store.writing() as connection:
        save_storage(connection, final_values(shared_storage))
    page = site.sign_in("/storage")
    page.get_by_role("button", name="Linear").click()
    wait_for_plots(page)
    page.wait_for_function(
        "() => document.querySelector('[data-bubbles=cryo]').layout.xaxis.type === 'linear'"
    )
    for volume in ("local", "cryo"):
        expected = expected_storage()[f"bubbles_{volume}"]
        # Who has none elsewhere is drawn with next to no size, since Plotly leaves out what has none.
        shown = {user: [x, y, round(size)] for user, (x, y, size) in plotted(page, volume).items()}
        assert shown == {b["name"]: [b["x"], b["y"], b["size"]] for b in expected}
    screenshot(page, "overview-storage-shared")


def test_a_click_on_a_bubble_opens_the_users_row(site: Site) -> None:
    fill(site)
    page = site.sign_in("/storage")
    wait_for_plots(page)
    page.locator("#search").fill("nobody like this")
    expect(page.get_by_text("Nobody matches.")).to_be_visible()
    bubble = page.locator("[data-bubbles=local] path.point").last  # drawn last: the smaller one, bob's
    bubble.scroll_into_view_if_needed()
    box = bubble.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator("[data-bubbles=local] .hovertext")).to_contain_text("cryo: 5 GiB, 4,000,000 files")
    page.mouse.click(*middle)
    expect(row_of(page, "bob").get_by_role("button")).to_have_attribute("aria-expanded", "true")
    expect(row_of(page, "bob").locator(".detail-plot .main-svg").first).to_be_visible()
    expect(row_of(page, "bob")).to_be_in_viewport()


def test_the_table_tells_everything_and_is_searched_filtered_and_sorted(site: Site) -> None:
    fill(site)
    page = site.sign_in("/storage")
    alice, bob = row_of(page, "alice"), row_of(page, "bob")
    expect(alice).to_contain_text("ready")
    expect(alice).to_contain_text("+10")
    expect(alice.get_by_role("link", name=":8100")).to_have_attribute("href", "/dashboards/alice/open")
    expect(alice.get_by_role("link", name="alice")).to_have_attribute("href", "/users/alice")
    expect(alice.locator(".shade")).to_have_count(0)
    expect(bob).to_contain_text("failed")
    expect(bob.locator(".shade-2")).to_have_text("1,600,000")
    expect(bob.locator(".shade-4")).to_have_text("4,000,000")
    expect(row_of(page, "charlie")).to_contain_text("no data")
    expect(row_of(page, "dora")).to_contain_text("not listed")
    page.locator("#search").fill("AL")
    expect(page.locator(".tabulator-row")).to_have_count(1)
    page.locator("#search").fill("")
    page.get_by_role("button", name="No data 1").click()
    expect(page.locator(".user-link")).to_have_text(["charlie"])
    page.get_by_role("button", name="Not listed 1").click()
    expect(page.locator(".user-link")).to_have_text(["dora"])
    expect(page).to_have_url(f"{site.address}/storage?show=not-listed")
    page.reload()
    expect(page.locator(".user-link")).to_have_text(["dora"])
    page.get_by_role("button", name="All 4").click()
    expect(page.locator(".user-link")).to_have_text(["bob", "alice", "charlie", "dora"])
    cryo = page.locator(".tabulator-col[tabulator-field=gb1]")
    cryo.click()  # nothing known comes last
    expect(page.locator(".user-link")).to_have_text(["alice", "bob", "dora", "charlie"])
    # The same by the keyboard, from one heading to the next.
    page.locator(".tabulator-col[tabulator-field=user]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".user-link")).to_have_text(["alice", "bob", "charlie", "dora"])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".tabulator-col:focus")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("document.activeElement.getAttribute('tabulator-field')") == "state"
    cryo.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".user-link")).to_have_text(["alice", "bob", "dora", "charlie"])
    button = page.get_by_role("button", name="History of alice")
    button.focus()
    page.keyboard.press("Enter")
    expect(row_of(page, "alice").locator(".detail")).to_be_visible()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".detail")).to_have_count(0)


def test_new_numbers_show_without_a_reload_and_keep_the_search(site: Site) -> None:
    fill(site)
    page = site.sign_in("/storage")
    page.locator("#search").fill("alice")
    expect(page.locator(".tabulator-row")).to_have_count(1)
    with site.store.writing() as connection:
        save_storage(connection, [usage("alice", "local", NOON + timedelta(minutes=30), gb=123_456, files=5)])
    look_again(page)
    expect(row_of(page, "alice")).to_contain_text("123,456")
    expect(page.locator(".tabulator-row")).to_have_count(1)
    expect(page.locator('[data-volume-total="local"]')).to_contain_text("153,456")
    page.wait_for_function(
        "() => document.querySelector('[data-bubbles=local]')._fullData[0].x.includes(123456)"
    )


def test_the_first_numbers_replace_the_empty_page(site: Site, screenshot: Screenshot) -> None:
    page = site.sign_in("/storage")
    expect(page.get_by_role("heading", name="Nothing measured yet")).to_be_visible()
    screenshot(page, "overview-storage-empty")
    fill(site)
    look_again(page)
    expect(row_of(page, "alice")).to_be_visible()


def test_who_was_signed_out_is_told_so(site: Site, console: list[str]) -> None:
    fill(site)
    page = site.sign_in("/storage")
    expect(row_of(page, "alice")).to_be_visible()
    page.context.clear_cookies()
    look_again(page)
    expect(page.get_by_role("alert")).to_contain_text("Sign in again")
    expect(row_of(page, "alice")).to_be_visible()
    console.clear()  # the browser itself notes the 401


def test_hostile_names_are_shown_as_they_are(site: Site) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    with site.store.writing() as connection:
        save_storage(connection, [usage(hostile, "<b>volume"), usage("alice", "<b>volume")])
    page = site.sign_in("/storage")
    wait_for_plots(page)
    assert page.locator("[data-bubbles]").count() == 1  # one volume is enough
    assert set(plotted(page, "<b>volume")) == {hostile, "alice"}
    page.get_by_role("button", name=f"History of {hostile}").click()
    expect(page.locator(".detail .main-svg").first).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.locator("[data-bubbles] b, [data-growth] b").count() == 0


def is_cut(cell: Any) -> bool:
    cut: bool = cell.evaluate("cell => cell.scrollWidth > cell.clientWidth")
    return cut


@pytest.mark.parametrize("window", [{}, PHONE])
def test_the_longest_names_leave_their_tags_in_sight(
    site: Site, screenshot: Screenshot, window: dict[str, Any]
) -> None:
    stranger, silent = "x" * 64, "y" * 64
    with site.store.writing() as connection:
        save_storage(connection, [usage(stranger), usage("alice")])
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry(silent, 8101)])
    page = site.sign_in("/storage", **window)
    wait_for_plots(page)
    for name, words in ((stranger, "not listed"), (silent, "no data")):
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("title", name)
        assert is_cut(link)  # by its own ellipsis
        assert link.evaluate("link => getComputedStyle(link).textOverflow") == "ellipsis"
        cell = page.locator(".tabulator-cell", has=link)
        assert not is_cut(cell)
        within, tag = cell.bounding_box(), cell.get_by_text(words).bounding_box()
        assert within
        assert tag
        assert within["x"] <= tag["x"]
        assert tag["x"] + tag["width"] <= within["x"] + within["width"]
        assert tag["y"] + tag["height"] <= within["y"] + within["height"]
    screenshot(page, f"overview-long-names-{'phone' if window else 'desktop'}")


def test_no_number_is_cut_with_five_volumes(site: Site, screenshot: Screenshot) -> None:
    week_ago = NOON - timedelta(days=7)
    volumes = ("local", "cryo", "home", "scratch", "archive")
    with site.store.writing() as connection:
        save_storage(
            connection,
            [
                usage("alice", volume, when, gb=gb, files=gb)
                for volume in volumes
                for when, gb in ((week_ago, 1_000), (NOON, 17_655_532))
            ],
        )
    page = site.sign_in("/storage")
    wait_for_plots(page)
    cells = row_of(page, "alice").locator(".tabulator-cell[tabulator-field]")
    assert cells.get_by_text("17,655,532").count() == 10
    assert not [cell.text_content() for cell in cells.all() if is_cut(cell)]
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    screenshot(page, "overview-five-volumes")


def contrast(page: Page, selector: str) -> float:
    """As WCAG counts it, between the text and the ground of the first such element."""
    ratio: float = page.evaluate(
        """(selector) => {
            const style = getComputedStyle(document.querySelector(selector));
            const light = (colour) => {
                const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const [one, other] = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
            return (one + 0.05) / (other + 0.05);
        }""",
        selector,
    )
    return ratio


def test_a_phone_shows_everything_within_its_width_light_and_dark(site: Site, screenshot: Screenshot) -> None:
    fill(site)
    page = site.sign_in("/storage", **PHONE)
    wait_for_plots(page)
    row_of(page, "alice").get_by_role("button").click()
    expect(page.locator(".detail .main-svg").first).to_be_visible()
    tick = page.locator("[data-bubbles=local] .xtick text").first
    light = tick.evaluate("(text) => getComputedStyle(text).fill")
    for scheme in ("light", "dark"):
        assert page.evaluate("() => document.documentElement.scrollWidth") == 390
        assert contrast(page, ".shade-4") > 4.5
        assert contrast(page, ".shade-1") > 4.5
        screenshot(page, f"overview-storage-phone-{scheme}")
        page.get_by_role("button", name="Dark theme").click()
    expect(tick).to_have_css("fill", light)  # dark and back


def test_ten_thousand_users_are_searched_sorted_and_plotted(site: Site, screenshot: Screenshot) -> None:
    dice = random.Random(5)
    with site.store.writing() as connection:
        save_storage(
            connection,
            [
                usage(f"user{n:05}", volume, gb=int(dice.lognormvariate(6, 2)), files=n)
                for n in range(10_000)
                for volume in ("local", "cryo")
            ],
        )
    page = site.sign_in("/storage")
    wait_for_plots(page)
    expect(page.locator(".tabulator-page-counter")).to_contain_text("1 to 25 of 10,000")
    assert page.locator("[data-bubbles=local] path.point").count() < 1_500
    page.locator("#search").fill("user0123")
    expect(page.locator(".tabulator-row")).to_have_count(10)
    page.locator("#search").fill("")
    page.locator(".tabulator-col[tabulator-field=files0]").click()
    expect(page.locator(".user-link").first).to_have_text("user09999")
    screenshot(page, "overview-storage-10000")


def test_a_dot_of_many_users_lists_them(site: Site) -> None:
    with site.store.writing() as connection:
        save_storage(
            connection, [usage(f"small{n:04}", gb=1, files=1) for n in range(900)] + [usage("big", gb=9_000)]
        )
    page = site.sign_in("/storage")
    wait_for_plots(page)
    dot = page.locator("[data-bubbles=local] path.point").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tabulator-page-counter")).to_contain_text("900")
    expect(page.locator('[data-filter="crowd"]')).to_contain_text("900")
