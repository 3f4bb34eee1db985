"""The collection page: how each source does, in the order in which it matters."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from overview import create_app
from overview.collection_sources import source_states
from tests.factories import run
from tests.overview.site import ADMIN
from usage_store.awaited_sources import note_awaited
from usage_store.collection_runs import note_run, recent_runs, replace_rejected
from usage_store.engine import Store
from usermon.collection import CollectionRun
from usermon.records import Rejected
from usermon.site_on_disk import SiteOnDisk
from usermon.state_folder import StateFolder

Get = Callable[..., Any]
NOW = 1_800_000_000.0


def runs(source: str, *ages: float, error: str | None = None, rejected: int = 0) -> list[CollectionRun]:
    """Newest first, each so many seconds old."""
    return [run(source, started_at=NOW - age, error=error, rejected=rejected) for age in ages]


def test_sources_in_trouble_come_first() -> None:
    recent = {
        "a-fine": runs("a-fine", 30),
        "b-rejecting": runs("b-rejecting", 30),
        "c-overdue": runs("c-overdue", 9_000),
        "d-failed": runs("d-failed", 30, error="no such file"),
    }
    states = source_states(recent, {"b-rejecting": 2}, dict.fromkeys(recent, 600), NOW)
    assert [(one.run.source, one.state) for one in states] == [
        ("d-failed", "failed"),
        ("c-overdue", "overdue"),
        ("b-rejecting", "rejecting"),
        ("a-fine", "done"),
    ]


def test_the_next_run_is_due_after_the_rhythm_of_the_file() -> None:
    (state,) = source_states({"local": runs("local", 100)}, {}, {"local": 300}, NOW)
    assert (state.next_at, state.every_seconds, state.rhythm_is_set) == (NOW + 200, 300, True)


def test_of_an_agents_source_the_rhythm_is_the_usual_pause() -> None:
    (state,) = source_states({"node": runs("node", 10, 70, 130, 7_000)}, {}, {}, NOW)
    assert (state.every_seconds, state.next_at, state.rhythm_is_set) == (60, NOW + 50, False)
    (only_twice,) = source_states({"node": runs("node", 9_000, 9_002)}, {}, {}, NOW)
    assert (only_twice.every_seconds, only_twice.next_at, only_twice.state) == (None, None, "done")


def test_publishing_has_no_rhythm_that_it_could_miss() -> None:
    published = [
        replace(one, collector="publish") for one in runs("(publishing)", 9_000, 9_002, 9_004, 9_006)
    ]
    (state,) = source_states({"(publishing)": published}, {}, {}, NOW)
    assert (state.state, state.next_at) == ("done", None)


@pytest.fixture
def two_sources(state: StateFolder, sqlite_store: Store, tmp_path: Path) -> Get:
    """An overview whose usermon.toml names two."""
    config = tmp_path / "usermon.toml"
    config.write_text(
        "".join(
            f'[[source]]\nname = "{name}"\ncollector = "io_log"\npath = "{name}"\nevery = "10m"\n'
            for name in ("reads", "writes")
        )
    )
    client = create_app(state, sqlite_store, SiteOnDisk(config, "UTC")).test_client()
    return lambda path: client.get(path, auth=ADMIN)


def test_a_source_of_usermon_toml_that_never_ran_is_shown_as_such(
    two_sources: Get, sqlite_store: Store
) -> None:
    fresh = two_sources("/collection").text
    assert "usermon-collect once" in fresh
    assert fresh.count("never ran") == 2
    assert '0 <span class="unit">of 2 sources</span>' in " ".join(two_sources("/").text.split())
    with sqlite_store.writing() as connection:
        note_run(connection, run("reads", started_at=time.time() - 60))
        note_awaited(connection, ["writes"], int(time.time()) - 700)
    page = two_sources("/collection").text
    assert page.count("never ran") == 1
    assert 'source-overdue" aria-label="Source writes"' not in page
    start = " ".join(two_sources("/").text.split())
    assert '1 <span class="unit">of 2 sources</span>' in start
    assert "1 never ran" in start
    assert two_sources("/api/collection").get_json()["never_ran"] == ["writes"]
    with sqlite_store.writing() as connection:
        note_awaited(connection, [], 0)
        note_awaited(connection, ["writes"], int(time.time()) - 3000)
    parts = {key: html for key, _, html in two_sources("/collection/sources.json").get_json()["parts"]}
    assert list(parts) == ["writes", "reads"]
    assert 'source-overdue" aria-label="Source writes"' in two_sources("/collection").text
    assert "writes never ran: several of its times passed" in two_sources("/").text


def test_the_store_gives_the_newest_runs_of_each_source(store: Store) -> None:
    with store.writing() as connection:
        for number in range(5):
            note_run(connection, run("local", started_at=NOW + number, taken=number))
            note_run(connection, run("cryo", started_at=NOW + number, taken=number + 100))
        found = recent_runs(connection, 3)
    assert {source: [one.taken for one in of_it] for source, of_it in found.items()} == {
        "local": [4, 3, 2],
        "cryo": [104, 103, 102],
    }


def test_the_page_says_how_many_lines_are_not_kept(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        note_run(connection, run("cryo"))
        for file, count in (("long.csv", 500), ("short.csv", 15)):
            rejected = [Rejected(n, "x,y", "not a date") for n in range(1, count + 1)]
            replace_rejected(connection, "cryo", file, rejected, NOW)
    page = " ".join(get("/collection").text.split())
    assert "115 of 515 that stand rejected: of one file the last 100 are kept." in page
    assert "CSV has" not in page
    assert get("/api/collection").get_json()["rejected_total"] == 515
    with sqlite_store.writing() as connection:
        for file in ("a", "b", "c"):
            rejected = [Rejected(n, "x,y", "not a date") for n in range(1, 101)]
            replace_rejected(connection, "cryo", file, rejected, NOW)
    page = " ".join(get("/collection").text.split())
    assert (
        "The first 300 of 815 that stand rejected: of one file the last 100 are kept. The CSV has 415."
        in page
    )
    assert len(get("/api/collection?format=csv").text.splitlines()) == 1 + 415


@pytest.mark.parametrize(("asked", "named"), [("", {"one.csv", "two.csv"}), ("?source=cryo", {"two.csv"})])
def test_rejected_lines_can_be_had_of_one_source(
    get: Get, sqlite_store: Store, asked: str, named: set[str]
) -> None:
    with sqlite_store.writing() as connection:
        note_run(connection, run("local"))
        replace_rejected(connection, "local", "one.csv", [Rejected(1, "x,y", "not a date")], NOW)
        replace_rejected(connection, "cryo", "two.csv", [Rejected(1, "x,y", "not a date")], NOW)
    (part,) = get(f"/collection/rejected.json{asked}").get_json()["parts"]
    assert {file for file in ("one.csv", "two.csv") if file in part[2]} == named
