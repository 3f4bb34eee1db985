"""The facility's own look, and its pictures, in a browser."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from overview import create_app
from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.overview_site import Site, site
from tests.browser.serving import served
from tests.factories import site as site_file
from tests.factories import usage
from tests.overview.site import make_state
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.site_look import SiteLink, SiteLook

__all__ = ["site"]

HOSTILE_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"
onload="document.title='taken'">
<script>document.title = "taken"; parent.document.title = "taken"</script>
<image href="https://example.org/seen.png"/><rect width="120" height="40" fill="#7a1f5c"/></svg>"""


@pytest.fixture
def address(tmp_path: Path, sqlite_store: Store) -> Iterator[str]:
    """A facility with a look of its own, and a logo that means no good."""
    (tmp_path / "logo.svg").write_text(HOSTILE_LOGO)
    links = (SiteLink("Help", "https://help.example.org"),)
    look = SiteLook("Example Facility", tmp_path / "logo.svg", "#7a1f5c", links)
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=500), usage("bob", gb=90), usage("alice", "cryo", gb=7)])
    app = create_app(make_state(tmp_path / "state"), sqlite_store, replace(site_file(), look=look))
    with served(app) as served_at:
        yield served_at


def colour_of(page: Page, selector: str, what: str) -> str:
    return str(page.locator(selector).first.evaluate(f"(one) => getComputedStyle(one).{what}"))


def test_every_page_wears_the_facilitys_look(site: Site, open_window: OpenWindow) -> None:
    login = open_window()
    login.goto(f"{site.address}/login")
    expect(login).to_have_title(re.compile("^Sign in"))
    assert colour_of(login, "button[type=submit]", "backgroundColor") == "rgb(122, 31, 92)"
    expect(login.get_by_role("link", name="Help")).to_have_attribute("href", "https://help.example.org")

    page = site.sign_in("/storage")
    logo = page.locator("img.logo")
    expect(logo).to_be_visible()
    assert logo.evaluate("(one) => one.complete && one.naturalWidth > 0")
    expect(page).to_have_title("Storage · Example Facility")
    dark = site.sign_in("/storage", **PHONE, color_scheme="dark")
    assert colour_of(dark, "a[href='/api/docs']", "color") not in ("rgb(122, 31, 92)", "rgb(124, 184, 240)")
    assert dark.evaluate("document.documentElement.scrollWidth") <= 390

    # Also alone, as nobody links to it, the logo is a picture and nothing else.
    policy = page.request.get(f"{site.address}{logo.get_attribute('src')}").headers["content-security-policy"]
    assert policy.endswith("sandbox")


def test_a_picture_is_copied_for_a_wiki_and_opens_there_without_login(
    site: Site, open_window: OpenWindow, tmp_path: Path
) -> None:
    page = site.sign_in("/images")
    figure = page.locator("[data-image='bubbles-local']")
    expect(figure.locator("[data-words]")).to_have_text(re.compile("2 users hold 590 GiB"))
    field = figure.get_by_role("textbox")
    expect(field).to_have_value(f"{site.address}/images/bubbles-local.svg")

    page.get_by_role("button", name="PNG").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.get_by_role("button", name="HTML").click()
    page.get_by_role("button", name="Anybody with it").click()
    expect(page.get_by_text("Whoever gets such an address")).to_be_visible()
    expect(field).to_have_value(
        re.compile(r'^<img alt="Who holds what on local" src="http.*key=[\w-]{43}">$')
    )
    assert page.url.endswith("?format=png&theme=dark&as=html&for=anybody")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    figure.get_by_role("button", name="Copy").click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    snippet = field.input_value()
    assert page.evaluate("navigator.clipboard.readText()") == snippet

    # A page of another site, in a browser that never signed in.
    (tmp_path / "wiki.html").write_text(f"<!doctype html><title>Wiki</title>{snippet}")
    wiki = open_window()
    wiki.goto((tmp_path / "wiki.html").as_uri())
    wiki.wait_for_function("document.images[0].complete")
    assert wiki.evaluate("document.images[0].naturalWidth") == 1152

    page.reload()
    expect(field).to_have_value(snippet)


def test_new_data_reaches_the_pictures_that_are_shown(site: Site) -> None:
    page = site.sign_in("/images")
    figure = page.locator("[data-image='bubbles-local']")
    expect(figure.locator("[data-words]")).to_have_text(re.compile("2 users"))
    new = page.expect_response(re.compile(r"/images/bubbles-local\.svg\?v="), timeout=20_000)
    with new, site.store.writing() as connection:
        save_storage(connection, [usage("carol", gb=40)])
    expect(figure.locator("[data-words]")).to_have_text(re.compile("3 users hold 630 GiB"))
