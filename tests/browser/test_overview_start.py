"""The start page and the parts that the server draws anew: nothing that somebody looks at is lost."""

import time
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import run, usage
from usage_store.collection_runs import note_run
from usage_store.storage_saving import save_storage

__all__ = ["address", "site"]


def test_the_headline_turns_bad_and_good_again_without_a_reload(site: Site) -> None:
    with site.store.writing() as connection:
        save_storage(connection, [usage("alice", time=datetime.now(UTC))])
        note_run(connection, run("local", started_at=time.time() - 60))
    page = site.sign_in("/")
    headline = page.get_by_role("heading", level=1)
    expect(headline).to_have_text("Nothing is wrong")
    with site.store.writing() as connection:
        note_run(
            connection, run("local", started_at=time.time() - 30, error="no such folder", remedy="Make it.")
        )
    look_again(page)
    expect(headline).to_contain_text("attention")
    expect(page.get_by_text("no such folder")).to_be_visible()
    with site.store.writing() as connection:
        note_run(connection, run("local", started_at=time.time() - 5))
    look_again(page)
    expect(headline).to_have_text("Nothing is wrong")


def test_a_bubble_leads_to_its_user(site: Site) -> None:
    with site.store.writing() as connection:
        save_storage(connection, [usage("alice", time=datetime.now(UTC))])
    page = site.sign_in("/")
    page.route("**/users/alice", lambda route: route.fulfill(body="alice's page"))
    page.locator("[data-bubbles=local] .point").click(force=True)
    expect(page).to_have_url(f"{site.address}/users/alice")


def test_what_is_opened_stays_open_and_keeps_the_focus_while_a_source_is_read(site: Site) -> None:
    with site.store.writing() as connection:
        for age in (600, 300):
            note_run(connection, run("cryo", started_at=time.time() - age))
            note_run(connection, run("local", started_at=time.time() - age))
    page = site.sign_in("/collection")
    local = page.get_by_role("region", name="Source local")
    local.locator("summary").click()
    expect(local.locator("tbody tr")).to_have_count(2)
    untouched = page.get_by_role("region", name="Source cryo").element_handle()
    with site.store.writing() as connection:
        note_run(connection, run("local", started_at=time.time() - 1, taken=4321))
    look_again(page)
    expect(local.locator("tbody tr")).to_have_count(3)
    expect(local.locator("tbody tr").first).to_be_visible()
    expect(local.locator(".source-numbers")).to_contain_text("4,321")
    expect(local.locator("summary")).to_be_focused()
    assert untouched.evaluate("(element) => element.isConnected")
