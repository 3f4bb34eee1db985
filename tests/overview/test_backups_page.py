"""The backups page and that of a node: what the server renders, and their feeds."""

import time
from pathlib import Path

import pytest

from overview.backup_board import backup_board, daily
from overview.backup_node import item_rows, node_series
from tests.backup_samples import DAY, MIB, NOON, listing, nightly, shared_listings, tarball
from tests.overview.conftest import Get
from tests.overview.test_pages import HOSTILE, page
from usage_store.backup_saving import save_backups
from usage_store.backup_status import judge_node
from usage_store.backups import KeptTarball, NodeBackups
from usage_store.engine import Store
from usermon.backup_records import BackupListing

THEN = 1_352_734_200  # 2012-11-12 15:30 UTC: the present of the shared listings


def save(store: Store, *listings: BackupListing) -> None:
    with store.writing() as connection:
        save_backups(connection, "backups", listings)


def kept(store_items: dict[str, list[tuple[int, int]]], hub: str = "alder", node: str = "n1") -> NodeBackups:
    """`store_items`: item -> (time, MiB) of each tarball."""
    items = {
        item: [KeptTarball(moment, mib * MIB, f"/{item}/{moment}", True) for moment, mib in tarballs]
        for item, tarballs in store_items.items()
    }
    return NodeBackups(hub, node, NOON, None, items)


def test_a_fresh_installation_is_told_how_backups_are_listed(get: Get) -> None:
    text = page(get, "/backups")
    assert "No backups are listed yet" in text
    assert 'collector = "tarballs"' in text


def test_the_grid_says_of_each_hub_and_node_how_it_is(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    save(
        sqlite_store,
        listing(nightly(last=now - 3600), time=now),
        listing(nightly(last=now - 5 * DAY), node="n2", time=now),
        listing(nightly(last=now - 3600), hub="birch", node="n3", time=now),
    )
    text = page(get, "/backups")
    assert "1 of 2 nodes in alarm" in text
    assert "its node is ok" in text
    assert "svn/aurora: the newest is 5.0 days old, allowed are 36 hours" in text
    assert 'href="/backups/alder/n2"' in text
    assert 'id="unlisted" hidden' in text


def test_listings_of_years_ago_are_said_to_be_old(
    get: Get, sqlite_store: Store, shared_backups: Path
) -> None:
    save(sqlite_store, *shared_listings(shared_backups, THEN))
    text = page(get, "/backups")
    assert 'id="unlisted">' in text
    feed = get("/backups/board.json").get_json()
    assert feed["counts"] == {"alarm": 6, "warn": 0, "ok": 0}
    assert all("years old" in one["words"] for one in feed["wrong"])


def test_what_is_wrong_is_said_once_for_all_items_of_a_node(sqlite_store: Store) -> None:
    old = [(NOON - (10 - n) * DAY, 100) for n in range(5)]
    shrunk = [*[(NOON - (5 - n) * DAY, 100) for n in range(5)], (NOON, 10)]
    status = judge_node(kept({"a": old, "b": old, "c": shrunk}), NOON + 3600)
    board = backup_board([status], NOON + 3600)
    assert [(one.status, one.items) for one in board.wrong] == [
        ("alarm", ("a", "b")),
        ("warn", ("a", "b")),
        ("warn", ("c",)),
    ]
    [row] = board.rows
    assert row.cells[0] is not None
    assert row.cells[0].words == "a: the newest is 6.0 days old, allowed are 36 hours"
    assert row.cells[0].more == 4


def test_a_node_without_any_tarball_is_in_alarm() -> None:
    board = backup_board([judge_node(kept({}), NOON)], NOON)
    assert board.counts == {"alarm": 1, "warn": 0, "ok": 0}
    assert [one.words for one in board.wrong] == ["no tarball at all"]


def test_hubs_have_places_for_the_nodes_of_all() -> None:
    new = {"a": [(NOON, 100)]}
    statuses = [judge_node(kept(new, hub, node), NOON) for hub, node in (("x", "n1"), ("y", "n2"))]
    board = backup_board(statuses, NOON)
    assert board.nodes == ("n1", "n2")
    assert [[cell is not None for cell in row.cells] for row in board.rows] == [[True, False], [False, True]]


def test_days_sum_up_what_came_by_hub() -> None:
    noon = NOON // DAY * DAY
    status = judge_node(
        kept({"a": [(noon, 1024), (noon + 60, 512)], "b": [(noon + 2 * DAY, 512)]}), noon + 3 * DAY
    )
    assert daily([status], noon + 3 * DAY) == {
        "days": ["2026-03-02", "2026-03-03", "2026-03-04"],
        "hubs": [{"hub": "alder", "gib": [1.5, 0, 0.5], "tarballs": [2, 0, 1]}],
    }


def test_items_tell_their_change_rhythm_and_days_without() -> None:
    nights = [(NOON - n * DAY, 100) for n in range(40, 0, -1) if n not in (3, 4)]
    status = judge_node(kept({"a": [*nights, (NOON, 40)], "b": [(NOON - 9 * DAY, 0)]}), NOON + 60)
    rows = {row.item: row for row in item_rows(status)}
    assert list(rows) == ["b", "a"]  # the one in alarm first
    assert (rows["a"].change, rows["a"].missed, rows["a"].tarballs) == ("−60 %", 2, 39)
    assert rows["a"].per_day == "0.93"
    assert rows["b"].kind == "serious"
    [a, b] = node_series(status)["items"]
    assert a["marks"] == {"empty": [], "shrunk": [38], "gone": 0}
    assert b["marks"]["empty"] == [0]


def test_the_page_of_a_node_lists_its_items(get: Get, sqlite_store: Store, shared_backups: Path) -> None:
    save(sqlite_store, *shared_listings(shared_backups, THEN))
    text = page(get, "/backups/alder/n1")
    assert "tracs/boreal" in text
    assert "3.6 GiB" in text
    feed = get("/backups/node.json?hub=birch&node=n1").get_json()
    assert {len(item["times"]) for item in feed["items"]} == {65}
    assert sum(len(item["marks"]["shrunk"]) for item in feed["items"]) == 1


def test_the_feeds_are_held_until_a_listing_comes(get: Get, sqlite_store: Store) -> None:
    now = int(time.time())
    save(sqlite_store, listing(nightly(last=now - DAY), time=now - 60))
    for path in ("/backups/board.json", "/backups/node.json?hub=alder&node=n1"):
        held = {"If-None-Match": get(path).headers["ETag"]}
        assert get(path, headers=held).status_code == 304
        save(sqlite_store, listing([*nightly(last=now - DAY), tarball(time=now - len(path))], time=now))
        assert get(path, headers=held).status_code == 200


@pytest.mark.parametrize("path", ["/backups/alder/n9", "/backups/node.json?hub=alder&node=n9"])
def test_an_unknown_node_is_told_with_a_remedy(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert answer.get_json()["error"] == "no backups 'alder/n9' are known"
    assert "/backups/HUB/NODE" in answer.get_json()["remedy"]


def test_names_from_outside_become_no_html_and_are_reached(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store, listing(nightly(item=HOSTILE), hub="a/b", node="n 1"))
    assert HOSTILE not in page(get, "/backups")
    assert 'href="/backups/a%2Fb/n%201"' in page(get, "/backups")
    assert HOSTILE not in page(get, "/backups/a%2Fb/n%201")
