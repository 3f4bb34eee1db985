"""/api/hubs and below, as programs ask it."""

from pathlib import Path
from typing import Any

import pytest

from tests.backup_samples import DAY, NOON, listing, nightly, shared_listings, tarball
from tests.overview.conftest import Get
from tests.shared_data import expected_of
from usage_store.backup_saving import save_backups
from usage_store.engine import Store

SHARED_NOW = "2012-11-12T15:30:00Z"
AT_THREE = "now=2026-03-02T15:00:00Z"


def save(store: Store, *listings: Any) -> None:
    with store.writing() as connection:
        save_backups(connection, "backups", listings)


def test_the_shared_backups_give_the_expected_facts(
    get: Get, sqlite_store: Store, shared_backups: Path
) -> None:
    expected = expected_of(shared_backups)
    save(sqlite_store, *shared_listings(shared_backups, 1_352_734_200))
    for hub, of_hub in expected["hubs"].items():
        for node, wanted in of_hub["nodes"].items():
            found = get(f"/api/hubs/{hub}/nodes/{node}?now={SHARED_NOW}").get_json()
            for item, facts in wanted["items"].items():
                assert {name: found["items"][item][name] for name in facts} == facts
            assert found["items"].keys() == wanted["items"].keys()
            assert found["daily_counts"] == wanted["daily_counts"]
            assert (found["newest"], found["tarballs"]) == (wanted["newest"], wanted["lines"])


@pytest.mark.parametrize(
    ("max_age", "asked"), [("0.25", "0.25"), ("0.25", "6h"), ("1.5", "1.5d"), ("1.5", "36h")]
)
def test_the_shared_hubs_conclude_as_expected(
    get: Get, sqlite_store: Store, shared_backups: Path, max_age: str, asked: str
) -> None:
    save(sqlite_store, *shared_listings(shared_backups, 1_352_734_200))
    hubs = {hub["hub"]: hub for hub in get(f"/api/hubs?now={SHARED_NOW}&max_age={asked}").get_json()}
    for hub, wanted in expected_of(shared_backups)["hubs"].items():
        assert hubs[hub]["conclusion"] == wanted["conclusion"][f"max_age_{max_age}"]
        for node, of_node in wanted["nodes"].items():
            by_age = of_node[f"status_max_age_{max_age}"]
            found = hubs[hub]["nodes"][node]
            assert {name: found[name] for name in ("ok", "alarm", "alarm_items")} == {
                name: by_age[name] for name in ("ok", "alarm", "alarm_items")
            }
            assert (found["status"] == "alarm") == (by_age["status"] == "alarm")
    # What age alone does not show.
    warned = {node: about["reasons"] for node, about in hubs["birch"]["nodes"].items() if about["reasons"]}
    assert warned == {
        "n1": ["repos/meteor: shrank by more than half on 2012-11-12 12:00 UTC, from 148 to 15 MiB"],
        "n4": ["tracs/meteor: the tarball of 2012-11-11 12:00 UTC is empty"],
    }
    assert hubs["birch"]["status"] == "warn"


def test_a_nodes_own_allowed_age_counts_unless_another_is_asked_for(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing(max_age_seconds=3600))

    def status(more: str = "") -> tuple[str, float]:
        [hub] = get(f"/api/hubs?{AT_THREE}{more}").get_json()
        return hub["status"], hub["nodes"]["n1"]["max_age_days"]

    assert status() == ("alarm", round(1 / 24, 6))
    assert status("&max_age=4h") == ("ok", round(4 / 24, 6))
    assert get("/api/hubs?max_age=soon").status_code == 422


def test_without_a_moment_ages_count_from_now(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing(nightly(last=NOON - 900 * DAY)))
    [hub] = get("/api/hubs").get_json()
    assert hub["status"] == "alarm"
    assert hub["nodes"]["n1"]["age_days"] > 900


def test_what_is_dated_in_the_future_is_told_apart(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing([*nightly(), tarball(time=NOON + 99 * DAY, size_mib=5)]))
    node = get(f"/api/hubs/alder/nodes/n1?{AT_THREE}").get_json()
    assert node["future"] == [
        {
            "item": "svn/aurora",
            "time": "2026-06-09T12:00:00Z",
            "size_mib": 5,
            "path": f"/backup/alder/svn/aurora/{NOON + 99 * DAY}/x.tar.gz",
        }
    ]
    assert (node["status"], node["items"]["svn/aurora"]["last"]) == ("warn", "2026-03-02T12:00:00Z")


def test_a_node_with_nothing_is_an_alarm_and_one_that_is_not_known_is_404(
    get: Get, sqlite_store: Store
) -> None:
    save(sqlite_store, listing([]))
    empty = get("/api/hubs/alder/nodes/n1").get_json()
    assert (empty["status"], empty["newest"], empty["items"]) == ("alarm", None, {})
    for path in ("/api/hubs/alder/nodes/n9", "/api/hubs/oak/nodes/n1"):
        assert get(path).status_code == 404


def test_hubs_come_by_the_page_and_as_a_table(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, *(listing(hub=name) for name in ("a", "b", "c")))
    page = get("/api/hubs?limit=1&offset=1")
    assert ([hub["hub"] for hub in page.get_json()], page.headers["X-Total-Count"]) == (["b"], "3")
    save(sqlite_store, listing(hub="b", node="n2"))
    table = get(f"/api/hubs?format=csv&limit=2&offset=1&{AT_THREE}")
    lines = table.get_data(as_text=True).splitlines()
    assert lines[0].startswith("hub,node,status,reasons,newest,")
    assert [line.split(",")[:3] for line in lines[1:]] == [["b", "n1", "ok"], ["b", "n2", "ok"]]
    assert table.headers["X-Total-Count"] == "4"


def test_names_with_slashes_are_asked_for_as_they_are(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing(hub="site/alder", node="rack/n1"))
    assert get("/api/hubs/site/alder/nodes/rack/n1").get_json()["node"] == "rack/n1"


def test_nobody_asks_for_a_moment_far_ahead(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing())
    for path in ("/api/hubs", "/api/hubs/alder/nodes/n1"):
        refused = get(f"{path}?now=9999-12-31T23:59:59Z")
        assert refused.status_code == 422
        assert refused.get_json()["error"] == "now: more than a day ahead of the clock."
