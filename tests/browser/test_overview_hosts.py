"""The pages of hosts in a browser: tiles, what is chosen, what comes meanwhile, and one host through time."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.overview_site import Site, address, look_again, site
from tests.factories import run
from tests.host_samples import GIB, host_info, host_usage, minutes, save
from usage_store.collection_runs import note_run
from usermon.host_records import GpuUsage, MountSpace

__all__ = ["address", "site"]

Screenshot = Callable[[Page, str], None]
HOSTILE = "<img-src=x-onerror=alert(1)>"
# Longer than any name of a machine, without a place to break.
LONG = "calc-with-a-name-that-nobody-can-read-at-once-0001.cluster-a.example"


def fill(site: Site) -> int:
    """Seven hosts: three fine, one full, one without disk space, one silent, one overloaded; the present."""
    now = int(time.time())
    gpu = GpuUsage(0, "A100", 50.0, 4 * GIB, 80 * GIB)
    save(
        site.store,
        [
            *(host_info(name, now - 86_400) for name in ("fine-1", "full-1", "disk-1", "silent-1", LONG)),
            host_info("busy-1", now - 86_400, cpu_number=4, cpu_model="Model B"),
            host_usage("fine-1", now - 30, gpus=(gpu,), disk_size_bytes=400 * GIB),
            host_usage("full-1", now - 30, memory_free_bytes=GIB // 2),
            host_usage("disk-1", now - 30, mounts=(MountSpace("/", 9 * GIB), MountSpace("/tmp", GIB // 2))),
            host_usage("silent-1", now - 2 * 3600),
            host_usage("busy-1", now - 30, load=7.0),
            host_usage(LONG, now - 30),
            host_usage(HOSTILE, now - 30),
        ],
    )
    return now


def names(page: Page) -> list[str]:
    return [name.split(".")[0] for name in page.locator(".tile-name").all_inner_texts()]


def tile(page: Page, name: str) -> Locator:
    return page.locator(".tile", has_text=name)


def test_tiles_tell_each_trouble_in_words_and_choices_stay_in_the_address(site: Site) -> None:
    fill(site)
    page = site.sign_in("/hosts")
    expect(page.locator(".tile")).to_have_count(7)
    assert names(page)[:4] == ["silent-1", "disk-1", "full-1", "busy-1"]
    expect(tile(page, "silent-1")).to_contain_text("said nothing for 2 hours")
    expect(tile(page, "disk-1")).to_contain_text("/tmp nearly full: 512 MiB left")
    # A bar where the size of the disk is known, what is left where it is not.
    expect(tile(page, "fine-1").locator(".tile-meters > div:visible")).to_have_text(
        ["Memory75 %", "CPU10 %", "GPU50 %", "Disk75 %"]
    )
    expect(tile(page, "full-1").locator(".tile-meters > div:visible").last).to_have_text("Disk100 GiB left")
    expect(tile(page, "full-1")).to_contain_text("memory nearly full: 98 % used")
    expect(tile(page, "busy-1")).to_contain_text("CPU overloaded: load 7 on 4 CPUs")
    expect(tile(page, "fine-1")).to_contain_text("fine")
    expect(tile(page, "fine-1")).to_contain_text("50 %")
    expect(tile(page, HOSTILE)).to_contain_text("fine")

    page.get_by_role("button", name="In trouble 4").click()
    page.get_by_label("Sort by").select_option("name")
    page.get_by_label("Find a host by its name").fill("-1")
    expect(page.locator(".tile")).to_have_count(4)
    expect(page.get_by_text("4 of 7 shown")).to_be_visible()
    assert names(page) == ["busy-1", "disk-1", "full-1", "silent-1"]
    page.reload()
    expect(page.locator(".tile")).to_have_count(4)
    assert names(page) == ["busy-1", "disk-1", "full-1", "silent-1"]
    expect(page.get_by_role("button", name="In trouble 4")).to_have_attribute("aria-pressed", "true")

    page.get_by_label("Find a host by its name").fill("nobody")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".tile")).to_have_count(7)
    page.get_by_label("Group by hardware").check()
    expect(page.locator(".tile-group")).to_have_count(3)
    page.get_by_role("button", name="Show hosts of 4 × Model B, 32 GiB").click()
    expect(page.locator(".tile")).to_have_count(1)
    assert "hardware=" in page.url


def test_new_samples_change_their_tiles_only(site: Site) -> None:
    now = fill(site)
    page = site.sign_in("/hosts")
    expect(page.locator(".tile")).to_have_count(7)
    page.evaluate("for (const one of document.querySelectorAll('.tile')) one.wasThere = true")
    link = tile(page, "fine-1").get_by_role("link")
    link.focus()
    save(site.store, [host_usage("silent-1", now), host_usage("fine-1", now, memory_free_bytes=GIB // 4)])
    look_again(page)
    expect(tile(page, "fine-1")).to_contain_text("memory nearly full: 99 % used")
    expect(tile(page, "silent-1")).to_contain_text("fine")
    assert names(page)[:2] == ["disk-1", "fine-1"]
    expect(link).to_be_focused()
    assert page.evaluate("[...document.querySelectorAll('.tile')].every((one) => one.wasThere)")
    expect(page.locator("[data-sum=silent]")).to_have_text("0")


def test_the_first_sample_brings_the_page_to_life(site: Site) -> None:
    page = site.sign_in("/hosts")
    expect(page.get_by_role("heading", name="No host is watched yet")).to_be_visible()
    save(site.store, [host_usage(time=int(time.time()))])
    look_again(page)
    expect(tile(page, "calc-01")).to_contain_text("fine")


def test_one_host_through_time(site: Site) -> None:
    now = int(time.time()) // 60 * 60
    start = now - 3 * 3600
    samples = minutes(181, start=start, leave_out=tuple(range(60, 100)))
    save(site.store, [host_info(time=start), *samples])
    page = site.sign_in("/hosts")
    tile(page, "calc-01").get_by_role("link").click()
    expect(page.get_by_role("heading", name="calc-01")).to_be_visible()
    plots = page.locator("[data-plot]:visible .js-plotly-plot")
    expect(plots).to_have_count(4)  # no load, no network, no GPUs were told
    gaps = page.get_by_role("region", name="Table of gaps").locator("tbody tr")
    expect(gaps).to_have_count(1)
    expect(gaps).to_contain_text("41 minutes")
    bands = "document.querySelector('[data-plot=memory] .plot').layout.shapes.length"
    assert page.evaluate(bands) == 1
    page.get_by_role("button", name="7 days").click()
    expect(page).to_have_url(re.compile(r"\?range=7d$"))
    expect(page.locator("#plots")).not_to_have_attribute("aria-busy", "true")
    # A zoom is kept when a sample comes.
    drag = page.locator("[data-plot=memory] .nsewdrag").bounding_box()
    assert drag is not None
    page.mouse.move(drag["x"] + drag["width"] * 0.5, drag["y"] + drag["height"] / 2)
    page.mouse.down()
    page.mouse.move(drag["x"] + drag["width"] * 0.8, drag["y"] + drag["height"] / 2, steps=4)
    page.mouse.up()
    shown = "JSON.stringify(document.querySelector('[data-plot=memory] .plot').layout.xaxis.range)"
    asked = "JSON.stringify(document.querySelector('[data-plot=cpu] .plot').layout.xaxis.range)"
    page.wait_for_function(f"{shown} !== {asked}")
    zoomed = page.evaluate(shown)
    save(site.store, [host_usage(time=now + 30, memory_free_bytes=4 * GIB)])
    look_again(page)
    expect(page.locator("#facts-now")).to_contain_text("88 % of 32 GiB")
    expect(page.locator("#plots")).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate(shown) == zoomed


def test_a_host_that_is_not_known_is_told_with_the_way_back(site: Site, console: list[str]) -> None:
    page = site.sign_in("/hosts/nobody")
    expect(page.get_by_role("heading", name="No host 'nobody' is known")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="/hosts")).to_be_visible()
    console.clear()  # the browser itself notes the 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_hosts_within_its_width(site: Site, scheme: str, screenshot: Screenshot) -> None:
    fill(site)
    with site.store.writing() as connection:
        note_run(connection, run("machines", time.time(), error="e" * 200, remedy="r" * 200))
    page = site.sign_in("/hosts", **PHONE, color_scheme=scheme)
    expect(page.locator(".tile")).to_have_count(7)
    for path in ("/hosts", f"/hosts/{LONG}", "/"):
        page.goto(f"{site.address}{path}")
        expect(page.locator(".tile, .js-plotly-plot").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        screenshot(page, f"{path.split('-')[0].strip('/').replace('/', '-')}-phone-{scheme}")


def test_a_phone_shows_the_first_hundred_hosts_whole_and_more_when_asked(site: Site) -> None:
    now = int(time.time())
    full = MountSpace("/scratch/of/all/users", GIB // 2)
    fine = [host_usage(f"node-{number:03}", now - 30) for number in range(119)]
    gpu = GpuUsage(0, "A100", 50.0, 4 * GIB, 80 * GIB)
    bad = host_usage("node-999", now - 30, memory_free_bytes=GIB // 2, mounts=(full,), gpus=(gpu,))
    save(site.store, [*fine, bad])
    page = site.sign_in("/hosts", **PHONE)
    expect(page.locator(".tile")).to_have_count(100)
    assert names(page)[0] == "node-999"  # in trouble
    assert page.locator(".tile").first.evaluate("tile => tile.scrollHeight <= tile.clientHeight")
    page.get_by_role("button", name="Show 20 more of 120").click()
    expect(page.locator(".tile")).to_have_count(120)
    expect(page.get_by_role("link", name="node-099")).to_be_focused()
    expect(page.locator(".tiles-more")).to_be_hidden()
