"""Waiting for the first data."""

import threading
import time

from orchestrator.first_collection import wait_for_first_runs
from tests.factories import run
from usage_store.collection_runs import latest_runs, note_run
from usage_store.engine import Store


def note(store: Store, source: str) -> None:
    with store.writing() as connection:
        note_run(connection, run(source))


def test_it_returns_when_every_source_was_read(sqlite_store: Store) -> None:
    note(sqlite_store, "local")

    def later() -> None:
        time.sleep(0.5)
        note(sqlite_store, "cryo")

    thread = threading.Thread(target=later)
    thread.start()
    runs = wait_for_first_runs(sqlite_store, ["local", "cryo"], 0.0, lambda: True)
    thread.join()
    assert None not in runs.values()


def test_sources_that_were_not_read_in_time_are_named(sqlite_store: Store) -> None:
    note(sqlite_store, "local")
    runs = wait_for_first_runs(sqlite_store, ["local", "cryo"], 0.0, lambda: True, 0.0)
    assert [source for source, found in runs.items() if found is None] == ["cryo"]


def test_runs_from_before_the_collectors_started_tell_nothing(sqlite_store: Store) -> None:
    note(sqlite_store, "local")
    with sqlite_store.reading() as connection:
        (old,) = latest_runs(connection)
    runs = wait_for_first_runs(sqlite_store, ["local"], old.started_at + 1, lambda: True, 0.0)
    assert runs == {"local": None}


def test_collectors_that_ended_are_not_waited_for(sqlite_store: Store) -> None:
    assert wait_for_first_runs(sqlite_store, ["local"], 0.0, lambda: False) == {"local": None}
