"""The other pages of the overview. What holds for all of them is in test_budgets."""

import time

from playwright.sync_api import Route, expect

from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import dashboard_state, ledger_entry, run, usage
from tests.overview.site import PASSWORD
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import save_ledger, save_states
from usage_store.storage_saving import save_storage
from usermon.records import Rejected

__all__ = ["address", "site"]

HOSTILE = "<img src=x onerror=alert(1)>"

_IN_FIVE_HOURS = """one => {
    one.dateTime = new Date(Date.now() + 5 * 3600_000).toISOString();
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def fill(site: Site) -> None:
    with site.store.writing() as connection:
        save_storage(connection, [usage("alice"), usage("bob", gb=30_000, files=1_600_000)])
        save_ledger(
            connection,
            [ledger_entry("alice", 8100), ledger_entry("bob", 8101), ledger_entry("charlie", 8102)],
        )
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob", "failed", error=HOSTILE)])
        note_run(connection, run("local", started_at=time.time() - 600, rejected=2))
        note_run(connection, run("cryo", error=HOSTILE, remedy="Let the account read it."))
        replace_rejected(
            connection, "local", f"{HOSTILE}.csv", [Rejected(7, HOSTILE, "not a date")], time.time()
        )


def test_the_door_opens_with_the_right_password_only(site: Site, console: list[str]) -> None:
    page = site.open_window()
    page.goto(f"{site.address}/dashboards")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    console.clear()  # the browser itself notes the 401
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboards", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site.address}/dashboards")
    expect(page.get_by_label("Password")).to_be_visible()


def test_the_dashboards_page_shows_each_dashboard(site: Site) -> None:
    fill(site)
    page = site.sign_in("/dashboards")
    rows = page.locator(".tabulator-row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="alice")).to_contain_text("40.0 MiB")
    expect(rows.filter(has_text="bob")).to_contain_text(HOSTILE)
    expect(rows.filter(has_text="charlie")).to_contain_text("never seen")
    expect(page.get_by_text("orchestrator watch")).to_be_visible()  # what was seen is old
    page.get_by_role("button", name="Failed 1").click()
    expect(rows).to_have_count(1)


def test_a_dashboard_that_starts_shows_without_a_reload(site: Site) -> None:
    fill(site)
    page = site.sign_in("/dashboards")
    charlie = page.locator(".tabulator-row", has_text="charlie")
    expect(charlie).to_contain_text("never seen")
    with site.store.writing() as connection:
        save_states(connection, [dashboard_state("charlie", url="http://localhost:8102")])
    look_again(page)
    expect(charlie).to_contain_text("ready")


def test_the_link_of_a_dashboard_leads_to_its_own_door(site: Site) -> None:
    fill(site)
    page = site.sign_in("/dashboards")
    asked: list[str] = []

    def stand_in(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="alice's dashboard")

    page.context.route("http://localhost:8100/**", stand_in)
    with page.expect_popup() as popup:
        page.locator(".tabulator-row", has_text="alice").get_by_title("Open the dashboard").click()
    expect(popup.value.get_by_text("alice's dashboard")).to_be_visible()
    assert asked[0].startswith("http://localhost:8100/open-as?token=")


def test_the_collection_page_shows_what_was_rejected_and_why(site: Site) -> None:
    fill(site)
    page = site.sign_in("/collection")
    row = page.locator("table tr", has_text="not a date")
    expect(row).to_contain_text(f"{HOSTILE}.csv")
    expect(row.locator("code")).to_have_text(HOSTILE)
    expect(page.get_by_text("Let the account read it.")).to_be_visible()
    expect(page.locator(".source", has_text="local")).to_contain_text("10 min ago")
    # What is still to come says so: somewhere a clock is ahead.
    page.locator("[data-show=ago]").first.evaluate(_IN_FIVE_HOURS)
    expect(page.locator("[data-show=ago]").first).to_have_text("in 5 h")
    expect(page.locator(".page-foot")).to_contain_text("Europe/Berlin")
    # A long name of the facility leaves all pages in sight.
    page.locator(".brand > span").evaluate(
        "name => { name.textContent = 'Zentrum für Hochleistungsrechnen'; }"
    )
    assert page.locator(".site-nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
