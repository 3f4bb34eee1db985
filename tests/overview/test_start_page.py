"""The start page: is anything wrong?"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts import Trouble, troubles
from overview.start_tiles import grouped, short_number, verdict
from tests.factories import dashboard_state, ledger_entry, run, usage
from tests.host_samples import host_info, host_usage, save
from tests.queue_samples import snapshot
from usage_store.collection_runs import note_run
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.alert_rules import DEFAULT_RULES

Get = Callable[..., Any]


def words(get: Get) -> str:
    page = get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
    found = re.search(r'<h1 id="verdict-words">([^<]*)</h1>', page)
    assert found
    return found[1]


def trouble(kind: str = "host", severity: str = "serious", subject: str = "node-1") -> Trouble:
    return Trouble(
        kind, "/hosts", subject, severity, None, f"{subject} is silent", "Look.", f"/hosts/{subject}"
    )


def test_a_fresh_installation_is_told_that_nothing_is_measured_and_what_to_do(get: Get) -> None:
    assert words(get) == "Nothing is measured yet"
    assert "usermon-collect check" in get("/").get_data(as_text=True)


def test_where_all_is_well_the_page_says_so(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", time=datetime.now(UTC))])
        note_run(connection, run("local", started_at=time.time() - 60))
    assert words(get) == "Nothing is wrong"


def test_a_failed_dashboard_is_named_with_what_to_do(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_ledger(connection, [ledger_entry("bob", 8101)])
        save_states(connection, [dashboard_state("bob", "failed", error="<b>no data</b>")])
    page = get("/").get_data(as_text=True)
    assert words(get).startswith("1 thing needs attention")
    assert "orchestrator logs bob" in page
    assert "<b>no data</b>" not in page
    assert "&lt;b&gt;no data&lt;/b&gt;" in page


def test_the_feed_has_the_same_parts_and_is_held_until_something_changes(
    get: Get, sqlite_store: Store
) -> None:
    page = get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
    first = get("/start.json")
    marks = {key: mark for key, mark, _ in first.get_json()["parts"]}
    assert marks == dict(re.findall(r'data-part="([^"]+)" data-mark="([^"]+)"', page))
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
    assert get("/start.json").headers["ETag"] != first.headers["ETag"]


def test_many_troubles_of_a_kind_do_not_hide_the_others() -> None:
    hosts = [trouble(subject=f"node-{number}") for number in range(40)]
    groups = grouped([*hosts, trouble("cluster", subject="cluster-a")])
    assert [(group.kind, len(group.shown), group.hidden) for group in groups] == [
        ("host", 3, 37),
        ("cluster", 1, 0),
    ]


@pytest.mark.parametrize(
    ("severities", "state", "said"),
    [
        ([], "good", "Nothing is wrong"),
        (["warning"], "warning", "Nothing serious; 1 thing to keep an eye on"),
        (["serious"], "serious", "1 thing needs attention"),
        (["serious", "serious", "warning"], "serious", "2 things need attention, and 1 to keep an eye on"),
    ],
)
def test_the_headline_says_how_bad_it_is(severities: list[str], state: str, said: str) -> None:
    assert verdict([trouble(severity=one) for one in severities], {"Hosts": 1}) == (state, said)


def test_large_numbers_are_short() -> None:
    assert [short_number(n) for n in (0, 999, 1_000, 12_345, 1_234_567, 123_456_789)] == [
        *("0", "999", "1.0 k", "12.3 k", "1.2 M", "123 M")
    ]


def test_hosts_are_judged_as_their_own_page_judges_them(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    short = host_usage("full", now - 30, memory_free_bytes=1 << 20)
    save(sqlite_store, [host_info("full", now - 60), short, host_usage("quiet", now - 1000)])
    page = get("/").get_data(as_text=True)
    assert "2 things need attention" in words(get)
    assert "quiet: said nothing" in page
    assert "full: memory" in page


def test_the_tile_of_hosts_has_the_numbers_of_their_page(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    given_up = [host_usage(f"old-{number}", now - 40 * 86_400) for number in range(3)]
    full = host_usage("full", now - 30, memory_free_bytes=1 << 20)
    others = [full, host_usage("ahead", now + 3600), host_usage("well", now - 30)]
    save(sqlite_store, [host_info("full", now - 60), *given_up, *others])
    page = get("/").get_data(as_text=True)
    assert '1 <span class="unit">of 6 fine</span>' in " ".join(page.split())
    assert "3 silent (3 given up), 1 short of something, 1 with a wrong clock" in page
    page = get("/hosts").get_data(as_text=True)
    for kind, count in (("all", 6), ("fine", 1), ("silent", 3), ("memory", 1), ("clock", 1)):
        assert f'<b data-count="{kind}">{count}</b>' in page


def test_a_host_that_is_late_is_no_alert_yet_and_said_to_be_none(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    save(sqlite_store, [host_usage("quiet", now - 400)])
    assert words(get) == "Nothing serious; 1 thing to keep an eye on"
    page = get("/").get_data(as_text=True)
    assert '<p class="hint">1 late</p>' in page
    assert "quiet: late, nothing said for 7 minutes (silent after 15 minutes)" in page
    with sqlite_store.reading() as connection:
        assert troubles(connection, DEFAULT_RULES, now) == []


def test_where_everything_is_silent_at_once_one_thing_is_wrong(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    with sqlite_store.writing() as connection:
        for name in ("cluster-a", "cluster-b", "cluster-c"):
            save_queues(connection, name, [snapshot(now - 3600)])
    save(sqlite_store, [host_usage(f"calc-{number}", now - 3600) for number in range(4)])
    assert words(get) == "2 things need attention"
    page = get("/").get_data(as_text=True)
    assert "No host gives news: rather the collection stands still than all 4 of them" in page
    assert "No cluster gives news: rather the collection stands still than all 3 of them" in page

    save(sqlite_store, [host_usage("calc-0", now)])
    with sqlite_store.writing() as connection:
        note_run(connection, run("cluster-b", now, error="no route", remedy="Look at head-b."))
    assert words(get) == "6 things need attention"
