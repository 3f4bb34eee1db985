"""Signing in to a dashboard with a real browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.dashboard_site import DashboardSite, has_sideways_scroll, serve, sign_in, wait_for_plots
from tests.factories import published
from tests.user_dashboard.samples import volume
from tests.web_shared.accounts import LINK_KEY, change_password
from usermon.secret import Secret
from usermon.signed_links import make_link_token

Screenshot = Callable[[Page, str], None]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DashboardSite]:
    with serve(tmp_path) as site:
        site.publish(published(volumes={"local": volume(), "cryo": volume(gb=7_000)}))
        yield site


def test_the_right_password_opens_the_dashboard(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = open_window()
    page.goto(f"{site.url}/")
    screenshot(page, "dashboard-login")
    sign_in(page, site)
    wait_for_plots(page)
    assert page.url == f"{site.url}/"
    assert "alice" in page.title()


@pytest.mark.parametrize("password", ["guess", "the password of bob"])
def test_a_wrong_password_or_another_users_opens_nothing(
    site: DashboardSite,
    open_window: OpenWindow,
    screenshot: Screenshot,
    console: list[str],
    password: str,
) -> None:
    page = open_window()
    sign_in(page, site, password)
    expect(page.get_by_role("alert")).to_have_text("That password is not right.")
    expect(page.get_by_label("Password")).to_be_focused()
    screenshot(page, "dashboard-login-wrong")
    page.goto(f"{site.url}/")
    assert page.url == f"{site.url}/login"
    assert all("401" in line for line in console)
    console.clear()


def test_the_login_works_with_keys_alone_and_without_scripts(
    site: DashboardSite, open_window: OpenWindow
) -> None:
    page = open_window(java_script_enabled=False)
    page.goto(f"{site.url}/")
    # A browser gives the field its focus a moment after the page is there; keys before that go nowhere.
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("rye-otter-lamp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")
    expect(page.locator("noscript")).to_be_attached()


def test_after_signing_out_the_way_back_leads_to_the_login(
    site: DashboardSite, open_window: OpenWindow
) -> None:
    page = open_window()
    sign_in(page, site)
    wait_for_plots(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.go_back()
    page.wait_for_url("**/login*")


def test_the_login_page_fits_a_phone(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = open_window(**PHONE)
    page.goto(f"{site.url}/")
    assert not has_sideways_scroll(page)
    screenshot(page, "dashboard-login-phone")


def test_the_login_page_follows_a_dark_system(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = open_window(color_scheme="dark")
    page.goto(f"{site.url}/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 26)"
    screenshot(page, "dashboard-login-dark")


def test_an_admin_who_comes_by_link_sees_whose_dashboard_it_is(
    site: DashboardSite, open_window: OpenWindow, screenshot: Screenshot
) -> None:
    page = open_window()
    page.goto(f"{site.url}/open-as?token={make_link_token(Secret(LINK_KEY), time.time() + 1)}")
    wait_for_plots(page)
    expect(page.get_by_role("note")).to_contain_text("as an administrator")
    screenshot(page, "dashboard-visited")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_new_password_sends_an_open_page_back_to_the_login(
    site: DashboardSite, open_window: OpenWindow, console: list[str]
) -> None:
    page = open_window()
    sign_in(page, site)
    wait_for_plots(page)
    change_password(site.secrets_folder, "a new one")
    page.get_by_label("All", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Password")).to_be_visible()
    console.clear()
