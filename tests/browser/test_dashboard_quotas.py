"""Quotas in a real browser: the lines, the words, the switch."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.dashboard_site import has_sideways_scroll, serve, sign_in, wait_for_plots
from tests.factories import published
from tests.user_dashboard.samples import volume
from usermon.units import GIB

FINE = replace(
    volume(700, gb=20_000, files=90_000),
    soft_limit_bytes=25_000 * GIB,
    hard_limit_bytes=40_000 * GIB,
    hard_limit_files=100_000,
)
OVER = replace(
    volume(700, gb=30_000, files=9_000),
    soft_limit_bytes=25_000 * GIB,
    hard_limit_bytes=40_000 * GIB,
    bytes_grace="expired",
)
LINES = (
    "document.querySelector('#storage-plot .js-plotly-plot').layout.shapes.filter(s => s.yref === 'y').length"
)


@pytest.mark.parametrize("window", [{}, {**PHONE, "color_scheme": "dark"}], ids=["wide", "phone-dark"])
def test_quotas_are_drawn_and_told(
    tmp_path: Path, open_window: OpenWindow, screenshot: Callable[[Page, str], None], window: dict[str, Any]
) -> None:
    with serve(tmp_path) as site:
        site.publish(published(timezone="Europe/Berlin", volumes={"local": FINE, "cryo": OVER}))
        page = open_window(**window)
        sign_in(page, site)
        wait_for_plots(page)
        expect(page.locator("#storage-plot")).to_contain_text("local soft limit 25,000 GiB")
        expect(page.locator("#storage-plot")).to_contain_text("cryo hard limit 40,000 GiB")
        expect(page.locator("#files-plot")).to_contain_text("local limit 100,000 files")
        local, cryo = page.locator("[data-volume=local]"), page.locator("[data-volume=cryo]")
        expect(local.locator(".quota.fine")).to_contain_text("80 % of the soft limit of 25,000 GiB")
        expect(local.locator(".quota.near")).to_contain_text("90 % of the limit of 100,000 files")
        expect(cryo.locator(".quota.over")).to_contain_text("the grace time is over")
        expect(page.locator("#notices .warning").first).to_contain_text(
            "cryo: Over the soft limit of 25,000 GiB by 5,000 GiB"
        )
        assert not has_sideways_scroll(page)
        screenshot(page, f"dashboard-quotas-{'phone' if window else 'wide'}")
        assert page.evaluate(LINES) == 3  # soft, hard, and the facility's reference, which is near
        page.get_by_label("Quota", exact=True).uncheck()
        page.wait_for_function(f"() => {LINES} === 1")
        expect(page.locator("#storage-plot")).to_contain_text("↑ local soft limit 25,000 GiB")
        page.close()  # before the server that it listens to ends
