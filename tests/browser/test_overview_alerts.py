"""The alerts page in a browser: live, by keyboard, and with a name that is remembered."""

import time

from playwright.sync_api import expect

from tests.alert_samples import finding, save_alerts
from tests.browser.conftest import PHONE
from tests.browser.overview_site import Site, address, look_again, site
from usage_store.alerts import find_alert
from usage_store.revisions import next_revision

__all__ = ["address", "site"]


def test_an_alert_appears_is_acknowledged_and_what_is_typed_survives_the_next_one(site: Site) -> None:
    page = site.sign_in("/alerts")
    expect(page.get_by_text("Nothing stands here until somebody looks")).to_be_visible()
    now = int(time.time())
    [first] = save_alerts(site.store, finding("node-1"), now=now - 60)
    with site.store.writing() as connection:
        next_revision(connection, "alerts")
    look_again(page)
    card = page.get_by_role("article", name="node-1 is silent")
    expect(card).to_be_visible()
    card.locator("summary", has_text="Acknowledge").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Kim")
    page.keyboard.press("Tab")
    page.keyboard.type("a cable")
    save_alerts(site.store, finding("node-2"), now=now)
    with site.store.writing() as connection:
        next_revision(connection, "alerts")
    look_again(page)
    other = page.get_by_role("article", name="node-2 is silent")
    expect(other).to_be_visible()
    expect(card.get_by_label("Note")).to_have_value("a cable")
    expect(card.get_by_label("Note")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_text("seen by Kim")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Noted")).to_have_count(1)
    with site.store.reading() as connection:
        alert = find_alert(connection, first)
    assert alert is not None
    assert (alert.acknowledged_by, alert.acknowledged_note) == ("Kim", "a cable")
    other.locator("summary", has_text="Acknowledge").click()
    expect(other.get_by_label("Your name")).to_have_value("Kim")
    expect(other.get_by_label("Note")).to_be_focused()


def test_on_a_phone_nothing_is_wider_than_the_screen(site: Site) -> None:
    save_alerts(site.store, finding("n" * 120, words="a very long word " + "x" * 200))
    page = site.sign_in("/alerts", **PHONE)
    expect(page.get_by_role("article")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
