"""The pages of backups in a browser: the grid, what is wrong, a node item by item."""

import time

import pytest
from playwright.sync_api import expect

from tests.backup_samples import DAY, listing, nightly, tarball
from tests.browser.conftest import PHONE
from tests.browser.overview_site import Site, address, look_again, site
from usage_store.backup_saving import save_backups
from usermon.backup_records import BackupListing, Tarball

__all__ = ["address", "site"]


def save(site: Site, *listings: BackupListing) -> None:
    with site.store.writing() as connection:
        save_backups(connection, "backups", listings)


def nightly_items(last: int) -> list[Tarball]:
    return [one for item in ("svn/aurora", "svn/boreal", "tracs/aurora") for one in nightly(item, 30, last)]


def fill(site: Site) -> int:
    now = int(time.time())
    last = now - 3600
    items = nightly_items(last)
    shrunk = [*items, *nightly("svn/fjord", 9, last - DAY), tarball("svn/fjord", last, 3)]
    save(
        site,
        listing(items, time=now - 60),
        listing([one for one in items if one.time < now - 4 * DAY], node="n2", time=now - 60),
        listing(shrunk, hub="birch", node="north", time=now - 60),
    )
    return now


def test_the_grid_and_what_is_wrong_follow_a_new_listing(site: Site) -> None:
    now = fill(site)
    page = site.sign_in("/backups")
    cell = page.locator("tr[data-hub=alder] [data-node=n2]")
    expect(cell).to_contain_text("alarm")
    expect(page.locator("#size-plot.js-plotly-plot")).to_be_visible()
    lines = page.locator("#wrong tbody tr")
    expect(lines).to_have_count(2)
    page.get_by_role("button", name="Warnings 1").click()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("shrank by more than half")
    page.evaluate("document.querySelector('tr[data-hub=alder]').wasThere = true")

    save(site, listing(nightly_items(now - 60), node="n2", time=now))
    look_again(page)
    expect(cell).to_contain_text("ok")
    expect(page.locator("[data-sum=alarm]")).to_have_text("0")
    expect(lines).to_have_count(1)
    assert page.evaluate("document.querySelector('tr[data-hub=alder]').wasThere")
    page.reload()
    expect(page.get_by_role("button", name="Warnings 1")).to_have_attribute("aria-pressed", "true")
    expect(lines).to_have_count(1)

    lines.get_by_role("link", name="north").click()
    expect(page.get_by_role("heading", name="birch on north")).to_be_visible()
    row = page.locator("#items tr").first
    expect(row).to_contain_text("svn/fjord")
    expect(row).to_contain_text("−97 %")
    expect(page.locator(".item-plot.js-plotly-plot").first).to_be_visible()
    page.get_by_role("button", name="Not ok 1").click()
    expect(page.locator(".item-chart:visible")).to_have_count(1)


def test_the_first_listing_brings_the_page_to_life(site: Site) -> None:
    page = site.sign_in("/backups")
    expect(page.get_by_role("heading", name="No backups are listed yet")).to_be_visible()
    fill(site)
    look_again(page)
    expect(page.locator("tr[data-hub]")).to_have_count(2)


@pytest.mark.parametrize("path", ["/backups", "/backups/birch/north"])
def test_a_phone_shows_backups_within_its_width(site: Site, path: str) -> None:
    fill(site)
    page = site.sign_in(path, **PHONE, color_scheme="dark")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
