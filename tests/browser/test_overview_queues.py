"""The queues pages in a browser: they follow the store, and lose nothing that somebody looks at."""

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.full_site import ReadOnlySite
from tests.browser.overview_site import Site, address, look_again, site
from tests.host_samples import host_info
from tests.queue_samples import finished_job, job
from usage_store.collection_runs import note_run
from usage_store.host_saving import save_hosts
from usage_store.queue_saving import save_queues
from usermon.collection import CollectionRun
from usermon.queue_records import ClusterSnapshot, Job, Node

__all__ = ["address", "site"]

PLOTLY_RANGE = "place => place.layout.xaxis.range.map(String)"


@pytest.fixture
def now() -> int:
    return int(time.time()) - 30


def snapshot(time: int, *jobs: Job, free: int = 2) -> ClusterSnapshot:
    """n1 is full, `free` nodes are free, n9 is down."""
    idle = tuple(Node(f"n{number}", "idle", 0.1, 8, 0, gpus=2) for number in range(2, 2 + free))
    nodes = (
        Node("n1", "allocated", 7.5, 8, 8, ("7",), ("batch",), 2, 1, 2**36),
        *idle,
        Node("n9", "down*", None, 8, 0),
    )
    return ClusterSnapshot("cluster-a", time, jobs, nodes)


def runs(number: int = 7, user: str = "alice", started: int = 0) -> Job:
    running = replace(job(number, user, "RUNNING"), nodes=("n1",), error=None)
    return replace(running, submitted=started - 3600, started=started)


def waits(number: int, user: str = "bob", submitted: int = 0) -> Job:
    return replace(job(number, user, "PENDING"), submitted=submitted, error="Resources")


def save(site: Site, cluster: str, *records: object) -> None:
    with site.store.writing() as connection:
        save_queues(connection, cluster, records)  # type: ignore[arg-type]


def rows(page: Page) -> list[str]:
    return page.locator("[data-jobs-place] tbody tr:not(.detail-row) > td:first-child").all_inner_texts()


def drag_across(page: Page, plot: Locator) -> list[str]:
    """Zooms into the middle of `plot`; the range that it shows then."""
    before = plot.evaluate(PLOTLY_RANGE)
    plot.scroll_into_view_if_needed()
    place = plot.locator(".nsewdrag").bounding_box()
    assert place is not None
    height = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + place["width"] / 4, height)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, height, steps=3)
    page.mouse.up()
    page.wait_for_function(
        f"([place, before]) => String(({PLOTLY_RANGE})(place)) !== before",
        arg=[plot.element_handle(), ",".join(before)],
    )
    zoomed: list[str] = plot.evaluate(PLOTLY_RANGE)
    return zoomed


def test_numbers_follow_the_store_and_nothing_that_is_open_is_lost(site: Site, now: int) -> None:
    with site.store.writing() as connection:
        save_hosts(connection, "hosts", [host_info("n1")])
    past = [
        snapshot(now - back, runs(started=now - 4000), waits(8, submitted=now - 900))
        for back in (180, 120, 60)
    ]
    save(site, "cluster-a", *past)
    page = site.sign_in("/queues?range=6h")
    card = page.locator('[data-cluster="cluster-a"]')
    expect(card.locator('[data-row="status"]')).to_have_text("up to date")
    card.get_by_text("2 free nodes").click()
    expect(card.locator("[data-free-list] li")).to_have_text(
        ["n2 8 processors, 2 GPUs", "n3 8 processors, 2 GPUs"]
    )
    opener = page.get_by_role("button", name="7", exact=True)
    opener.press("Enter")
    detail = page.locator(".detail-row")
    expect(detail.get_by_role("link", name="n1")).to_have_attribute("href", "/hosts/n1")
    plot = card.locator("[data-history]")
    expect(plot.locator(".scatterlayer .trace")).to_have_count(2)
    zoomed = drag_across(page, plot)
    untouched = opener.element_handle()

    save(
        site,
        "cluster-a",
        snapshot(now, replace(runs(started=now - 4000), priority=77), runs(9, "bob", now), free=1),
    )
    look_again(page)
    expect(card.locator('[data-row="running"]')).to_have_text("2")
    expect(card.locator('[data-row="waiting"]')).to_have_text("0")
    expect(page.locator('[data-total="running"]')).to_have_text("2")
    expect(card.locator("[data-free-list] li")).to_have_text(["n2 8 processors, 2 GPUs"])
    expect(card.locator('[data-legend="procs"] a')).to_have_text(["alice", "bob"])
    expect(page.locator("[data-jobs-count]")).to_have_text("2 jobs")
    expect(detail).to_contain_text("77")
    expect(plot.locator(".scatterlayer .trace")).to_have_count(3)
    assert plot.evaluate(PLOTLY_RANGE) == zoomed
    assert untouched.evaluate("button => button.isConnected && button === document.activeElement")
    assert sorted(rows(page)) == ["7", "9"]


def test_jobs_are_filtered_sorted_and_paged_live_and_links_keep_what_is_chosen(site: Site, now: int) -> None:
    many = [replace(waits(number, "bob", now - number), queue="long") for number in range(100, 170)]
    save(
        site,
        "cluster-a",
        snapshot(
            now, runs(started=now - 60), replace(waits(8, "alice-2"), priority=9.0, queue="q" * 200), *many
        ),
    )
    save(site, "cluster-b", ClusterSnapshot("cluster-b", now, (runs(70, "carla", now - 90),), ()))
    page = site.sign_in("/queues")
    count = page.locator("[data-jobs-count]")
    expect(count).to_have_text("73 jobs")
    page.get_by_role("button", name="Later rows").click()
    expect(page.locator("[data-pager-rows]")).to_have_text("51 to 73 of 73")
    page.get_by_label("User", exact=True).fill("ALI")
    expect(count).to_have_text("2 jobs")
    # A long name takes no column out of sight.
    long_queue = page.locator("[data-jobs-place] td", has_text="qqq")
    expect(long_queue).to_have_attribute("title", "q" * 200)
    assert long_queue.evaluate("cell => cell.offsetWidth") < 300
    page.get_by_role("button", name="Priority").click()
    expect(page.get_by_role("columnheader", name="Priority")).to_have_attribute("aria-sort", "descending")
    assert rows(page) == ["8", "7"]
    page.reload()
    expect(count).to_have_text("2 jobs")
    assert rows(page) == ["8", "7"]
    page.get_by_role("combobox", name="State").select_option(label="running (2)")
    expect(count).to_have_text("1 job")
    link = page.locator("[data-jobs-csv]").get_attribute("href")
    assert link is not None
    assert {"user=ALI", "state=running", "sort=priority"} <= set(link.partition("?")[2].split("&"))
    page.get_by_label("Name or number").fill("nowhere")
    expect(page.get_by_text("No job matches.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(count).to_have_text("73 jobs")
    page.locator("select[name=cluster]").select_option("cluster-b")
    expect(count).to_have_text("1 job")
    assert rows(page) == ["70"]


def test_a_first_cluster_appears_turns_grey_when_unreachable_and_comes_back(site: Site, now: int) -> None:
    page = site.sign_in("/queues")
    expect(page.get_by_text("No cluster is known yet")).to_be_visible()
    save(site, "cluster-a", snapshot(now - 3600, runs(started=now - 4000)))
    look_again(page)
    card = page.locator('[data-cluster="cluster-a"]')
    expect(card.locator('[data-row="status"]')).to_have_text("not seen for long")
    past = card.locator("[data-history]")
    expect(past).to_contain_text("One snapshot so far: lines begin with the next")
    run = CollectionRun(
        "cluster-a", "slurm", now - 1, now, 0, 0, 0, "head-a does not answer", "Try ssh head-a."
    )
    with site.store.writing() as connection:
        note_run(connection, run)
    look_again(page)
    expect(card.locator('[data-row="status"]')).to_have_text("unreachable")
    expect(card.get_by_text("head-a does not answer")).to_be_visible()
    expect(card.locator('[data-row="running"]')).to_have_text("1")
    assert card.locator(".queue-body").evaluate("body => getComputedStyle(body).filter") == "grayscale(1)"
    save(site, "cluster-a", snapshot(now, runs(started=now - 4000)))
    with site.store.writing() as connection:
        note_run(connection, replace(run, error=None, remedy=None))
    look_again(page)
    expect(card.locator('[data-row="status"]')).to_have_text("up to date")
    expect(card.locator('[data-row="problem"]')).to_be_hidden()
    assert card.locator(".queue-body").evaluate("body => getComputedStyle(body).filter") == "none"
    expect(past).not_to_contain_text("One snapshot so far")


def test_a_past_that_cannot_be_read_is_told_and_drawn_when_it_can(site: Site, now: int) -> None:
    save(site, "cluster-a", snapshot(now - 600, runs(started=now - 4000)))
    save(site, "cluster-a", snapshot(now - 300, runs(started=now - 4000)))
    page = site.sign_in("/images")
    page.route("**/queues/history.json*", lambda route: route.fulfill(body="half an ans"))
    page.goto(f"{site.address}/queues")
    past = page.locator("[data-cluster=cluster-a] [data-history]")
    expect(past).to_have_text("The past could not be read. It is asked for again soon.")
    page.unroute("**/queues/history.json*")
    save(site, "cluster-b", replace(snapshot(now - 60), cluster="cluster-b"))
    look_again(page)
    quiet = page.locator("[data-cluster=cluster-b] [data-history]")
    expect(quiet).to_have_text("One snapshot so far, and nobody in it: the past begins with the next.")
    save(site, "cluster-a", snapshot(now, runs(started=now - 4000)))
    look_again(page)
    expect(past.locator(".main-svg").first).to_be_visible()


def test_a_cluster_page_shows_nodes_and_what_ended_and_leads_from_a_node_to_its_jobs(
    site: Site, now: int
) -> None:
    ended = [finished_job(number, now - 100, "bob") for number in (1, 2)]
    save(site, "cluster-a", snapshot(now, runs(started=now - 60), waits(8)), *ended)
    page = site.sign_in("/queues/cluster-a")
    nodes = page.locator("[data-nodes]")
    expect(nodes.locator("tbody tr")).to_have_count(4)
    expect(nodes.locator("[data-node-map] button")).to_have_count(4)
    nodes.get_by_role("button", name="Out of service 1").click()
    expect(nodes.locator("tbody td:first-child")).to_have_text(["n9"])
    nodes.locator('[data-node="n1"]').click()
    expect(nodes.locator("tbody tr").first).to_contain_text("8 of 8")
    nodes.locator(".detail-row").get_by_role("button", name="7").click()
    expect(page.locator("[data-jobs-count]")).to_have_text("1 job")
    finished = page.locator("[data-finished]")
    expect(finished.locator("[data-finished-count]")).to_have_text(
        "2 jobs of 1 user: 8 CPU hours, 4 GPU hours"
    )
    expect(finished.locator("[data-finished-jobs] tbody tr")).to_have_count(2)
    page.get_by_role("group", name="What is shown").get_by_role("button", name="Jobs").click()
    expect(page).to_have_url(f"{site.address}/queues/cluster-a?of=jobs&name=7&nodes=n1")


def test_a_users_jobs_are_shown_where_there_are_any_and_hidden_where_not(site: Site, now: int) -> None:
    save(site, "cluster-a", snapshot(now, runs(started=now - 60)), finished_job(1, now - 100))
    page = site.sign_in("/queues")
    show = """async (user) => {
        const near = document.querySelector(`link[href$="/queue_jobs.js"]`).href;
        const address = near.replace("queue_jobs", "user_jobs");
        const { showUserJobs } = await import(address);
        const place = document.createElement("section");
        place.id = `jobs-of-${user}`;
        document.getElementById("content").prepend(place);
        await showUserJobs(place, user);
    }"""
    page.evaluate(show, "alice")
    page.evaluate(show, "charlie")
    expect(page.locator("#jobs-of-charlie")).to_be_hidden()
    mine = page.locator("#jobs-of-alice")
    expect(mine).to_contain_text("1 running, 0 waiting")
    expect(mine).to_contain_text("1 job in four weeks: 4 CPU hours, 2 GPU hours")
    expect(mine.locator(".barlayer .trace")).to_have_count(2)
    save(site, "cluster-a", snapshot(now + 10, runs(started=now - 60), waits(12, "charlie", now)))
    look_again(page)
    expect(page.locator("#jobs-of-charlie")).to_contain_text("0 running, 1 waiting")


def test_fifty_thousand_jobs_on_twenty_clusters_are_drawn_as_they_come_near(
    large_site: ReadOnlySite, open_window: OpenWindow
) -> None:
    page = large_site.sign_in(open_window, "/queues", **PHONE)
    expect(page.locator("[data-cluster]")).to_have_count(20)
    expect(page.locator("[data-jobs-count]")).to_have_text("50,000 jobs")
    drawn = page.locator("[data-history].js-plotly-plot")
    expect(drawn.first).to_be_visible()
    assert drawn.count() < 10
    last = page.locator("[data-history]").last
    last.scroll_into_view_if_needed()
    expect(last.locator(".scatterlayer .trace").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("combobox", name="State").select_option("waiting")
    expect(page.locator("[data-jobs-count]")).not_to_have_text("50,000 jobs")
    expect(page.locator("[data-jobs-place] tbody tr")).to_have_count(50)


def test_nodes_show_when_they_become_known(site: Site, now: int) -> None:
    jobs_alone = ClusterSnapshot("cluster-a", now - 60, (runs(started=now - 600),), ())
    save(site, "cluster-a", jobs_alone)
    page = site.sign_in("/queues/cluster-a")
    nodes = page.locator("#nodes")
    expect(page.get_by_role("row").filter(has_text="alice").first).to_be_visible()
    expect(page.locator("[data-history] .legend")).to_contain_text("alice")
    expect(page.locator("[data-history] .legend")).not_to_contain_text("all there are")
    for _ in range(2):  # before and after the scripts had their say
        expect(page.get_by_text("Nodes are not known")).to_be_visible()
        expect(page.get_by_text("nodes by state")).to_be_hidden()
        expect(page.get_by_text("free node")).to_be_hidden()
        expect(nodes).to_contain_text("Not known: what is read of this cluster tells of jobs alone.")
        expect(nodes.get_by_role("searchbox")).to_be_hidden()
        expect(nodes.get_by_role("region", name="Nodes")).to_be_hidden()
        look_again(page)
    save(site, "cluster-a", snapshot(now, runs(started=now - 600)))
    look_again(page)
    expect(page.get_by_text("4 nodes by state")).to_be_visible()
    expect(page.get_by_text("Nodes are not known")).to_be_hidden()
    expect(nodes.get_by_role("region", name="Nodes")).to_contain_text("n9")
    expect(nodes).to_contain_text("4 nodes")
    expect(page.locator("[data-history] .legend")).to_contain_text("all there are")
