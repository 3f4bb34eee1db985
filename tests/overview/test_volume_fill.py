"""How full volumes are, on the pages: told where their capacity is, and nothing else where it is not."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from overview import create_app
from overview.site import SiteNow
from overview.storage_table import storage_table
from overview.volume_fill import VolumeFill, volume_fills
from tests.factories import site, usage
from tests.overview.site import ADMIN
from usage_store.engine import Store
from usage_store.storage import latest_storage
from usage_store.storage_saving import save_storage
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder
from usermon.units import GIB

TOLD = site(capacities={"local": 1_000 * GIB, "nobody measures it": GIB})


def hold(store: Store, **gb: float) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", name, datetime.now(UTC), held) for name, held in gb.items()])


def asking(state: StateFolder, store: Store, usermon_toml: SiteFile | SiteNow) -> Callable[[str], Any]:
    """What the admin gets."""
    client = create_app(state, store, usermon_toml).test_client()
    return lambda path: client.get(path, auth=ADMIN)


@pytest.mark.parametrize(
    ("gb", "level", "words"),
    [
        (569, "fine", "56 % of 1,000 GiB"),
        (900, "near", "90 % of 1,000 GiB: nearly full"),
        (999, "over", "99 % of 1,000 GiB: nearly full"),
        (1_050, "over", "105 % of 1,000 GiB: full"),
    ],
)
def test_a_bar_and_words_say_how_full(sqlite_store: Store, gb: float, level: str, words: str) -> None:
    hold(sqlite_store, local=gb, cryo=5)
    with sqlite_store.reading() as connection:
        table = storage_table(latest_storage(connection), [])
    fills = volume_fills(table, TOLD.capacities)
    assert fills == {"local": VolumeFill(gb / 1_000, level, words)}


def test_the_storage_page_shows_it_and_its_feeds_follow(state: StateFolder, sqlite_store: Store) -> None:
    hold(sqlite_store, local=560, cryo=5)
    get = asking(state, sqlite_store, TOLD)
    page = get("/storage").text
    bars = re.findall(r'data-volume-total="(\w+)"(?:(?!data-volume-total).)*?width="(560)"', page, re.DOTALL)
    assert bars == [("local", "560")]
    assert page.count("data-volume-fill") == 1
    assert "56 % of 1,000 GiB" in page
    feed = get("/storage/table.json").json
    assert feed["fills"] == {"local": {"share": 0.56, "level": "fine", "words": "56 % of 1,000 GiB"}}
    growth = {one["volume"]: one["capacity"] for one in get("/storage/growth.json").json}
    assert growth == {"local": {"gb": 1_000, "words": "Capacity: 1,000 GiB"}, "cryo": None}


def test_an_edit_of_the_file_shows_without_a_new_sample(state: StateFolder, sqlite_store: Store) -> None:
    hold(sqlite_store, local=560)
    now = TOLD
    get = asking(state, sqlite_store, lambda: now)
    before = get("/storage/table.json").json
    now = replace(TOLD, capacities={"local": 700 * GIB})
    assert get("/storage/table.json").json["fills"]["local"]["words"] == "80 % of 700 GiB"
    assert get("/storage/growth.json").json[0]["capacity"]["gb"] == 700
    assert before["fills"]["local"]["share"] == 0.56


def test_the_start_page_tells_it_and_lists_what_is_nearly_full(
    state: StateFolder, sqlite_store: Store
) -> None:
    hold(sqlite_store, local=950, cryo=5)
    get = asking(state, sqlite_store, TOLD)
    page = get("/").text
    assert "of 1 user on local (95 % full), cryo" in page
    assert "local is 95 % full: users hold 950 GiB of 1,000 GiB" in page
    assert "1 warning" in page


def test_the_picture_of_growth_tells_it(state: StateFolder, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        days = [
            datetime.fromtimestamp(datetime.now(UTC).timestamp() - 86_400 * back, UTC) for back in range(9)
        ]
        save_storage(connection, [usage("alice", "local", day, 900 - n) for n, day in enumerate(days)])
    get = asking(state, sqlite_store, TOLD)
    assert "900 GiB on local, 90 % of its capacity" in get("/images/storage-local.txt").text
    assert b"capacity: 1,000 GiB" in get("/images/storage-local.svg").data


def test_where_no_capacity_is_told_nothing_is_said_of_it(state: StateFolder, sqlite_store: Store) -> None:
    hold(sqlite_store, local=950)
    get = asking(state, sqlite_store, site())
    pages = get("/storage").text + get("/").text
    assert "full" not in re.sub(r"<[^>]*>", "", pages).replace("nearly full or soon", "")
    assert get("/storage/table.json").json["fills"] == {}
