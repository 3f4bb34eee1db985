"""Waiting for the first data."""

import threading
import time

from orchestrator.first_collection import wait_for_first_runs
from tests.factories import run
from usage_store.collection_runs import note_run
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
    assert wait_for_first_runs(sqlite_store, ["local", "cryo"], lambda: True) == []
    thread.join()


def test_sources_that_were_not_read_in_time_are_named(sqlite_store: Store) -> None:
    note(sqlite_store, "local")
    assert wait_for_first_runs(sqlite_store, ["local", "cryo"], lambda: True, 0.0) == ["cryo"]


def test_collectors_that_ended_are_not_waited_for(sqlite_store: Store) -> None:
    assert wait_for_first_runs(sqlite_store, ["local"], lambda: False) == ["local"]
