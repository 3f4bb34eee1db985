"""What the storage page tells of growth, quotas and growers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.full_site import ReadOnlySite
from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import usage
from usage_store.storage_saving import save_storage
from usermon.units import GIB

__all__ = ["address", "site"]

Screenshot = Callable[[Page, str], None]


def fill_with_growth(site: Site, days: int = 40) -> None:
    """Emeka grows by a GiB a day to 970 of 1 000 GiB, bob by ten GiB to 1 130; dora shrinks."""
    now = datetime.now(UTC).replace(microsecond=0)
    courses = {"emeka": (970, 1), "bob": (1_130, 10), "dora": (500, -5)}
    with site.store.writing() as connection:
        save_storage(
            connection,
            [
                usage(
                    user, "local", now - timedelta(days=day), gb - a_day * day, 10, 1_000 * GIB, 1_200 * GIB
                )
                for user, (gb, a_day) in courses.items()
                for day in range(days)
            ],
        )


def test_growth_quotas_and_growers_are_told_and_follow_the_store(site: Site, screenshot: Screenshot) -> None:
    fill_with_growth(site)
    page = site.sign_in("/storage?growers=month")
    growth = page.locator("[data-growth=local]")
    expect(growth.locator(".main-svg").first).to_be_visible()
    expect(growth).to_contain_text("Growing by 6 GiB a day at present.")
    expect(growth).to_contain_text("42 GiB more than a week ago")
    assert growth.locator(".growth-plot").evaluate("place => place.data[1].y.at(-1)") == 2_600 + 90 * 6
    quotas = page.get_by_role("region", name="Quotas")
    expect(quotas).to_contain_text("1 over, 1 within a tenth, of 3 users with limits")
    expect(quotas.get_by_role("listitem").first).to_contain_text(
        "Over the soft limit of 1,000 GiB by 130 GiB."
    )
    growers = page.get_by_role("region", name="Who grew, who shrank")
    expect(growers.get_by_role("button", name="Month")).to_have_attribute("aria-pressed", "true")
    expect(growers.get_by_role("row", name="bob")).to_contain_text("+300")
    growers.get_by_role("button", name="Week").click()
    expect(growers.get_by_role("row", name="dora")).to_contain_text("−35")
    page.get_by_role("button", name="3 months").click()
    expect(page).to_have_url(f"{site.address}/storage?range=quarter")
    page.get_by_role("button", name="Over quota 1").click()
    expect(page.locator(".user-link")).to_have_text(["bob"])
    bob = page.locator(".tabulator-row", has_text="bob")
    expect(bob).to_contain_text("over quota")
    expect(bob.locator(".full-over")).to_have_text("94 %")
    screenshot(page, "overview-storage-growth")
    growers.get_by_role("button", name="Week").focus()
    with site.store.writing() as connection:
        save_storage(
            connection, [usage("emeka", "local", datetime.now(UTC), 1_250, 10, 1_000 * GIB, 1_200 * GIB)]
        )
    look_again(page)
    expect(quotas).to_contain_text("2 over, nobody within a tenth")
    expect(growers.get_by_role("row", name="emeka")).to_contain_text("+287")
    expect(growers.get_by_role("button", name="Week")).to_be_focused()
    expect(growth).to_contain_text("322 GiB more than a week ago")
    with site.store.writing() as connection:
        save_storage(connection, [usage("emeka", "local", datetime.now(UTC), 5)])
    look_again(page)
    page.wait_for_function(  # the words stand above what the line fell from
        """() => { const { data: [{ y }], layout } = document.querySelector('.growth-plot');
            const [words] = layout.annotations;
            return y.at(-1) < y.at(-2) && words.y >= y.at(-2); }"""
    )


def test_a_capacity_that_is_told_is_a_bar_and_where_it_is_in_sight_a_line(
    full_site: ReadOnlySite, open_window: Callable[..., Page]
) -> None:
    page = full_site.sign_in(open_window, "/storage")
    expect(page.locator("[data-volume-total=cryo]")).to_contain_text("92 % of 72 TiB: nearly full")
    cryo = page.locator("[data-growth=cryo]")
    expect(cryo.locator(".main-svg").first).to_be_visible()
    expect(cryo).to_contain_text("Its 72 TiB are full in about")
    lines = cryo.locator(".growth-plot").evaluate(
        "place => place.data.map((one) => [one.name, one.y.at(-1)])"
    )
    assert ["capacity", 72 * 1024] in lines
    top = cryo.locator(".growth-plot").evaluate("place => place.layout.yaxis.range[1]")
    assert top > 72 * 1024
