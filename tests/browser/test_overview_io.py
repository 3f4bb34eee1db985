"""The I/O pages as an admin meets them."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.overview_site import Site, address, look_again, site
from tests.io_samples import HOUR, LARGE, SMALL, client, session
from usage_store.io_saving import save_io
from usage_store.names import ids_of_users
from usermon.io_records import IoSession

__all__ = ["address", "site"]

Screenshot = Callable[[Page, str], None]


def newest_hour() -> int:
    return int(time.time()) // HOUR * HOUR


def week(newest: int) -> list[IoSession]:
    """Ten users in all hours of a week but one, alice the heaviest, on two machines."""
    found = []
    for hour in range(7 * 24):
        if hour == 3:
            continue
        moment = newest - hour * HOUR
        found.append(session(moment, {SMALL: 1_000, LARGE: 20}))
        for number in range(9):
            who = client(f"user{number}", machine="desk-7", machine_type="dept", role="staff")
            found.append(session(moment, {SMALL: 10 * number + hour % 5}, who))
    return found


@pytest.fixture
def io_site(site: Site) -> Site:
    with site.store.writing() as connection:
        save_io(connection, "io", week(newest_hour()))
    return site


def drawn(page: Page) -> list[dict[str, Any]]:
    """What the plot over time really draws."""
    traces: list[dict[str, Any]] = page.evaluate(
        """() => document.querySelector('[data-time]')._fullData.map(({ name, type, y, line, marker }) => {
            const style = type === 'bar' ? marker.pattern.shape : line.dash + marker.symbol;
            return { name, type, y: [...y], style };
        })"""
    )
    return traces


def wait_for(page: Page, traces: int) -> None:
    page.wait_for_function(
        "(traces) => document.querySelector('[data-time]')._fullData?.length === traces", arg=traces
    )


def test_groups_ranges_and_ways_of_drawing_are_chosen_and_kept(io_site: Site, screenshot: Screenshot) -> None:
    page = io_site.sign_in("/io")
    wait_for(page, 1)
    # The hour that no entry tells of is a gap, not nothing.
    assert None in drawn(page)[0]["y"]
    expect(page.locator("[data-time-words]")).to_contain_text("1 hour has no entry")

    page.get_by_role("button", name="User", exact=True).click()
    wait_for(page, 8)
    stacked = drawn(page)
    assert stacked[0]["name"] == "alice"
    assert stacked[-1]["name"] == "3 others"
    assert len({trace["style"] for trace in stacked[:-1]}) == 7  # never the colour alone
    groups = page.locator("[data-time-groups]")
    expect(groups.get_by_role("link", name="alice")).to_have_attribute("href", "/io/users/alice")
    page.get_by_role("button", name="Lines").click()
    page.wait_for_function("() => document.querySelector('[data-time]')._fullData[0].type === 'scatter'")
    wait_for(page, 7)  # without all others together, who would press each line to the ground
    assert len({trace["style"] for trace in drawn(page)}) == 7

    before = page.locator("[data-fact=operations]").text_content()
    page.get_by_role("button", name="24 hours").click()
    expect(page.locator("[data-fact=operations]")).not_to_have_text(before or "")
    screenshot(page, "overview-io-lines")
    page.reload()
    wait_for(page, 7)
    for name in ("24 hours", "User", "Lines"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    assert drawn(page)[0]["type"] == "scatter"
    csv = page.get_by_role("link", name="CSV", exact=True).first
    expect(csv).to_have_attribute("href", "/io/operations.csv?range=24h&by=user")


def test_what_is_saved_shows_by_itself_and_zoom_and_choices_stay(io_site: Site) -> None:
    page = io_site.sign_in("/io?by=role")
    wait_for(page, 2)
    users = page.get_by_role("region", name="Table: Heaviest users")
    expect(users.get_by_role("row").nth(1)).to_contain_text("alice")
    page.get_by_role("button", name="User", exact=True).click()
    wait_for(page, 8)
    page.evaluate(
        """() => {
            const place = document.querySelector('[data-time]');
            return Plotly.relayout(place, { 'yaxis.range': [0, 123] });
        }"""
    )
    users.get_by_role("link", name="user8").focus()
    with io_site.store.writing() as connection:
        save_io(connection, "io", [session(newest_hour() + 1, {SMALL: 900_000}, client("zora"))])
    look_again(page)
    expect(users.get_by_role("row").nth(1)).to_contain_text("zora")
    expect(page.locator("[data-fact=users]")).to_have_text("11")
    expect(users.get_by_role("link", name="user8")).to_be_focused()
    page.wait_for_function("() => document.querySelector('[data-time]')._fullData[0].name === 'zora'")
    assert page.evaluate("() => document.querySelector('[data-time]').layout.yaxis.range[1]") == 123


def test_the_week_and_the_sizes_are_told_in_numbers_too(io_site: Site) -> None:
    page = io_site.sign_in("/io")
    grid = page.get_by_role("table", name="Operations an hour, by day of the week and hour of the day")
    expect(grid.get_by_role("row")).to_have_count(9)  # hours, seven days, the mean
    expect(grid.get_by_role("cell")).to_have_count(8 * 25)
    # Alice's 1,020, and 360 of the others with nine times nothing to four on top: which, the clock decides.
    told = page.locator(".io-hour").filter(has_text="1.4k")
    titles = told.evaluate_all("cells => cells.map((cell) => cell.title)")
    sums = "|".join(f"1,{380 + 9 * more}" for more in range(5))
    assert titles
    for title in titles:
        assert re.match(rf"\w+day \d\d:00 to \d\d:00: ({sums}) operations an hour", title)
    expect(page.locator("[data-week-note]")).to_contain_text("by the logs' clock, UTC+01:00")
    expect(page.locator("[data-sizes-words]")).to_contain_text("Most often 4 KiB to 8 KiB")
    page.get_by_text("As a table").click()
    sizes = page.get_by_role("region", name="Sizes as a table")
    expect(sizes.get_by_role("row", name="1 MiB to 2 MiB")).to_be_visible()
    expect(sizes.get_by_role("row")).to_have_count(1 + 9)  # all powers of two between them


def test_from_the_heaviest_to_one_and_on_to_a_machine_by_the_keyboard(
    io_site: Site, screenshot: Screenshot
) -> None:
    page = io_site.sign_in("/io")
    page.get_by_role("region", name="Table: Heaviest users").get_by_role("link", name="alice").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="alice", level=1)).to_be_visible()
    wait_for(page, 1)
    expect(page.locator("[data-fact=rank]")).to_have_text("1")
    machines = page.get_by_role("region", name="Table: Machines")
    expect(machines.get_by_role("row").nth(1)).to_contain_text("gpu08")
    screenshot(page, "overview-io-user")
    machines.get_by_role("link", name="gpu08").press("Enter")
    expect(page.get_by_role("heading", name="gpu08", level=1)).to_be_visible()
    expect(page.get_by_role("region", name="Table: Users")).to_contain_text("alice")
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")


def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_page(io_site: Site, screenshot: Screenshot) -> None:
    page = io_site.sign_in("/io?by=machine", **PHONE, color_scheme="dark")
    wait_for(page, 2)
    expect(page.locator("[data-level]").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, "overview-io-phone-dark")


def test_a_log_that_went_silent_is_told_and_the_first_log_replaces_the_empty_page(site: Site) -> None:
    page = site.sign_in("/io")
    expect(page.get_by_role("heading", name="No I/O log was read yet")).to_be_visible()
    with site.store.writing() as connection:
        save_io(connection, "north", [session(newest_hour() - n * HOUR) for n in range(50, 60)])
    look_again(page)
    expect(page.locator("[data-late]")).to_contain_text("The newest entry of north is 2 days old")
    expect(page.locator("[data-fact=operations]")).to_have_text("20")


def test_where_clocks_are_set_back_no_two_hours_stand_at_one_place(io_site: Site) -> None:
    """In Berlin, 2025-10-26 at 03:00: 02:00 comes twice."""
    page = io_site.sign_in("/io?range=7d")
    places = """async (steps) => {
        const { href } = document.querySelector('link[href$="/io_words.js"]');
        return (await import(href)).places({ step: 'hour', steps });
    }"""
    around = [1_761_433_200 + number * HOUR for number in range(4)]
    found = page.evaluate(places, around)
    assert found["x"] == [f"2025-10-26T{hour:02}:00:00.000" for hour in range(4)]
    assert found["axis"]["title"]["text"] == "All times in UTC+01:00"
    # Where nothing comes twice, times are those of the viewer's clock.
    assert page.evaluate(places, around[:2])["axis"] == {}


def test_the_page_of_a_user_shows_their_io_or_nothing(io_site: Site) -> None:
    with io_site.store.writing() as connection:
        ids_of_users(connection, ["carol"])
    page = io_site.sign_in("/users/alice")
    section = page.get_by_role("region", name="I/O of alice")
    expect(section).to_contain_text("rank 1 of 10")
    expect(section.get_by_role("link", name="gpu08")).to_be_visible()
    expect(section.locator(".js-plotly-plot")).to_have_count(2)
    with page.expect_response(re.compile("/io/users/carol.json")):
        page.goto(f"{io_site.address}/users/carol")
    expect(page.locator("[data-user-io]")).to_be_hidden()
