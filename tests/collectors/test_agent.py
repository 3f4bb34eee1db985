"""The loop: every source at its own period, none in the way of another, and an end when told."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collectors.agent import HEARTBEAT, Agent
from collectors.one_pass import run_pass
from collectors.publish import Publisher
from collectors.sinks import Sink
from collectors.store_sink import StoreSink
from orchestrator.health_checks import HEARTBEAT_FILE
from tests.factories import site, source
from usage_store.collection_runs import latest_runs
from usage_store.engine import Store
from usage_store.storage import latest_storage
from usermon.collection import CollectionRun
from usermon.site_file import Source
from usermon.state_folder import StateFolder

PATIENCE = 20.0


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.all_published_folder.mkdir(parents=True)
    return folder


@pytest.fixture
def local(tmp_path: Path) -> Path:
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "alice.csv").write_text("2026-03-02 09:00,118,20411\n")
    return folder


@contextmanager
def running(store: Store, state: StateFolder, *sources: Source) -> Iterator[Agent]:
    besides = {"publishing": Publisher(store, state, site(*sources)).publish_forever}
    agent = Agent(StoreSink(store), state.store_folder, sources, besides, state.root / "alive")
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        yield agent
    finally:
        agent.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.02)


def runs(store: Store) -> dict[str, CollectionRun]:
    with store.reading() as connection:
        return {run.source: run for run in latest_runs(connection)}


def test_a_source_is_read_at_once_and_again_at_its_period(
    sqlite_store: Store, state: StateFolder, local: Path
) -> None:
    with running(sqlite_store, state, source("local", local, every_seconds=1)):
        wait_until(lambda: "local" in runs(sqlite_store))
        with (local / "alice.csv").open("a") as file:
            file.write("2026-03-02 09:30,200,20500\n")

        def is_read() -> bool:
            with sqlite_store.reading() as connection:
                return latest_storage(connection)[0].files == 20_500

        wait_until(is_read)


def test_a_source_that_is_missing_stops_no_other(
    sqlite_store: Store, state: StateFolder, local: Path, tmp_path: Path
) -> None:
    with running(sqlite_store, state, source("cryo", tmp_path / "nowhere"), source("local", local)):
        wait_until(lambda: {"local", "cryo"} <= runs(sqlite_store).keys())
    assert runs(sqlite_store)["local"].taken == 1
    assert runs(sqlite_store)["cryo"].error


def test_a_source_that_hangs_stops_no_other_and_not_the_end(
    sqlite_store: Store, state: StateFolder, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.agent.PATIENCE_SECONDS", 0.5)
    released = threading.Event()

    def hanging(sink: Sink, source: Source, is_stopping: Callable[[], bool]) -> CollectionRun:
        if source.name == "cryo":
            released.wait()
        return run_pass(sink, source, is_stopping)

    monkeypatch.setattr("collectors.agent.run_pass", hanging)
    with running(sqlite_store, state, source("cryo", local), source("local", local)):
        wait_until(lambda: "local" in runs(sqlite_store))
    released.set()


def test_a_new_users_folder_is_filled_within_seconds(
    sqlite_store: Store, state: StateFolder, local: Path
) -> None:
    with running(sqlite_store, state, source("local", local, every_seconds=3600)):
        wait_until(lambda: "local" in runs(sqlite_store))
        folder = state.published_folder("alice")
        folder.mkdir()
        wait_until((folder / "storage.json").exists)


def test_the_heartbeat_beats_while_it_runs(sqlite_store: Store, state: StateFolder, local: Path) -> None:
    alive = state.root / "alive"
    with running(sqlite_store, state, source("local", local)):
        wait_until(alive.exists)
    assert not alive.exists()


def test_the_orchestrators_health_check_looks_at_the_heartbeat() -> None:
    assert Path(HEARTBEAT_FILE) == HEARTBEAT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_well(tmp_path: Path, local: Path, number: int) -> None:
    config = tmp_path / "usermon.toml"
    config.write_text(f'[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "{local}"\n')
    program = subprocess.Popen(
        [sys.executable, "-m", "collectors", "forever", "--config", config],
        env={**os.environ, "USERMON_STATE_DIR": str(tmp_path / "state"), "USERMON_TIMEZONE": "UTC"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    for line in program.stderr:
        if "local: 1 taken" in line:
            break
    program.send_signal(number)
    _, rest = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    assert "Traceback" not in rest
