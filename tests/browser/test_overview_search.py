"""The search field of every page, by keyboard, by finger and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.full_site import ReadOnlySite

Screenshot = Callable[[Page, str], None]


def test_the_keyboard_alone_finds_a_user(
    full_site: ReadOnlySite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = full_site.sign_in(open_window, "/collection")
    field = page.get_by_role("combobox", name="Search users, hosts, machines, jobs, clusters")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("al")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("alice")
    expect(options.first).to_contain_text("GiB on local")
    expect(page.get_by_role("group", name="Users")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")  # from the field: the last one
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    screenshot(page, "overview-search")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("al")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{full_site.address}/users/alice")


def test_any_kind_of_thing_is_found_and_leads_to_its_page(
    full_site: ReadOnlySite, open_window: OpenWindow
) -> None:
    page = full_site.sign_in(open_window, "/collection")
    field = page.get_by_role("combobox")
    for text, group, path in (
        ("calc-02", "Hosts", "/hosts/calc-02"),
        ("cluster-a", "Clusters", "/queues/cluster-a"),
        ("gpu01", "Machines of I/O logs", "/io/machines/vela/gpu01"),
        ("attic", "Backups", None),
        ("4003", "Jobs", None),
    ):
        field.fill(text)
        found = page.get_by_role("group", name=group).get_by_role("option").first
        expect(found).to_contain_text(text)
        address = found.get_attribute("href") or ""
        assert path is None or address == path
        assert page.request.get(full_site.address + address).status == 200
    field.fill("zzz")
    expect(page.get_by_text("Nothing is named like “zzz”.").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("calc")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{full_site.address}/search?q=calc")
    expect(page.get_by_role("region", name="Hosts").get_by_role("link", name="calc-01")).to_be_visible()


def test_without_scripts_it_is_a_form(full_site: ReadOnlySite, open_window: OpenWindow) -> None:
    page = full_site.sign_in(open_window, "/collection", java_script_enabled=False)
    field = page.get_by_role("searchbox", name="Search users, hosts, machines, jobs, clusters")
    field.fill("bob")
    field.press("Enter")
    page.get_by_role("link", name="bob", exact=True).click()
    expect(page.get_by_role("heading", name="bob", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1100])
def test_nine_pages_and_the_field_find_room(
    full_site: ReadOnlySite, open_window: OpenWindow, width: int, screenshot: Screenshot
) -> None:
    page = full_site.sign_in(open_window, "/alerts", viewport={"width": width, "height": 800})
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(links).to_have_count(9)
    for link in (
        links.first,
        links.last,
        page.get_by_role("combobox"),
        page.get_by_role("button", name="Sign out"),
    ):
        box = link.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    screenshot(page, f"overview-header-{width}")


def test_a_phone_shows_this_page_in_the_row_of_pages_and_opens_the_field(
    full_site: ReadOnlySite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = full_site.sign_in(open_window, "/alerts", **PHONE)
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts")).to_be_in_viewport(
        ratio=0.9
    )
    field = page.get_by_role("combobox")
    closed = field.bounding_box()
    assert closed
    assert closed["width"] <= 48
    field.tap()
    field.fill("gpu")
    expect(page.get_by_role("option").first).to_be_visible()
    opened = field.bounding_box()
    assert opened
    assert opened["width"] > 300
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    screenshot(page, "overview-search-phone")
    page.get_by_role("option", name="gpu-01").tap()
    expect(page).to_have_url(f"{full_site.address}/hosts/gpu-01")
