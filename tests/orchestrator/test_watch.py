"""`watch`, a look at a time, on an engine in memory."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.deployment import Deployment
from orchestrator.engine_events import EngineEvents
from orchestrator.file_changes import FileChanges
from orchestrator.runtimes.in_memory import InMemoryEngine, Program
from orchestrator.up_plan import UpRequest
from orchestrator.wanted_users import ListFiles, read_wanted_users
from orchestrator.watch import Watch
from tests.orchestrator.in_memory import Quiet, by_user, deployment_in, engine_in_memory
from usage_store.dashboards import DashboardState, read_states


@pytest.fixture
def engine() -> InMemoryEngine:
    return engine_in_memory()


@pytest.fixture
def users_list(tmp_path: Path) -> Path:
    path = tmp_path / "users.txt"
    path.write_text("alice\nbob\n")
    return path


@pytest.fixture
def deployment(tmp_path: Path, engine: InMemoryEngine) -> Iterator[Deployment]:
    opened = deployment_in(tmp_path, engine, ready_seconds=0.3)
    yield opened
    opened.store.close()


@pytest.fixture
def watch(deployment: Deployment, users_list: Path) -> Watch:
    def read_request() -> UpRequest:
        return UpRequest(read_wanted_users(ListFiles(plain=(users_list,))), services=False)

    return Watch(
        deployment, read_request, FileChanges([users_list]), EngineEvents(deployment.runtime), Quiet()
    )


def states(deployment: Deployment) -> dict[str, DashboardState]:
    with deployment.store.reading() as connection:
        return read_states(connection)


def test_the_first_look_brings_everybody_up_and_notes_it(deployment: Deployment, watch: Watch) -> None:
    watch.look(0.0)
    assert set(by_user(deployment)) == {"alice", "bob"}
    assert {user: (s.state, s.memory_bytes) for user, s in states(deployment).items()} == {
        "alice": ("ready", 32 << 20),
        "bob": ("ready", 32 << 20),
    }


def test_a_changed_list_is_followed_once_it_settled(
    deployment: Deployment, watch: Watch, users_list: Path
) -> None:
    watch.look(0.0)
    users_list.write_text("alice\nbob\ncharlie\n")
    watch.look(1.0)
    assert "charlie" not in by_user(deployment)
    watch.look(2.0)
    assert "charlie" in by_user(deployment)


def test_a_list_that_was_cut_short_changes_nothing_until_it_is_whole_again(
    deployment: Deployment, watch: Watch, users_list: Path
) -> None:
    watch.look(0.0)
    users_list.write_text("")
    watch.look(1.0)
    watch.look(2.0)
    assert set(by_user(deployment)) == {"alice", "bob"}
    users_list.write_text("alice\nbob\ncharlie\n")
    watch.look(3.0)
    watch.look(4.0)
    assert set(by_user(deployment)) == {"alice", "bob", "charlie"}


def test_a_rejected_name_is_told_once_not_at_every_look(
    watch: Watch, users_list: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users_list.write_text("alice\nbob\n../etc\n")
    watch.look(0.0)
    watch.look(300.0)
    told = [record.message for record in caplog.records if "rejected" in record.message]
    assert told == [f"rejected: {users_list}, line 3: '../etc': starts with '.'"]


def test_what_was_removed_comes_back_soon_after_the_engine_told_it(
    deployment: Deployment, watch: Watch
) -> None:
    watch.look(0.0)
    deployment.runtime.stop(by_user(deployment)["alice"].name)
    watch.events.trouble.set()
    watch.look(10.0)
    assert "alice" not in by_user(deployment)
    watch.look(13.0)
    assert "alice" in by_user(deployment)


def test_what_nobody_told_is_found_at_the_next_full_check(deployment: Deployment, watch: Watch) -> None:
    watch.look(0.0)
    deployment.runtime.stop(by_user(deployment)["alice"].name)
    watch.look(299.0)
    assert "alice" not in by_user(deployment)
    watch.look(300.0)
    assert "alice" in by_user(deployment)


def test_a_container_that_always_dies_is_not_started_in_a_loop(
    engine: InMemoryEngine, watch: Watch, deployment: Deployment
) -> None:
    engine.programs = {(): Program(("no data",), exit_code=1)}
    deployment.probe = lambda _port: False
    started = []
    for second in range(120):
        watch.look(float(second))
        watch.events.trouble.set()  # as the engine tells each death
        started.append(sum(event.kind == "started" for _, event in engine.history))
    # At 0, 5, 15, 35 and 75 s: two containers each time.
    assert started[-1] == 10
    assert states(deployment)["alice"].state == "failed"


def test_an_engine_that_goes_away_and_comes_back_is_survived(
    deployment: Deployment, engine: InMemoryEngine, watch: Watch
) -> None:
    watch.look(0.0)
    engine.go_away()
    watch.look(300.0)
    watch.look(301.0)
    engine.is_up = True
    deployment.runtime.stop(by_user(deployment)["bob"].name)
    watch.look(310.0)
    assert set(by_user(deployment)) == {"alice", "bob"}


def test_what_runs_is_noted_again_and_again(
    deployment: Deployment, engine: InMemoryEngine, watch: Watch
) -> None:
    watch.look(0.0)
    before = states(deployment)["alice"].seen_at
    engine.memory_of_each = 40 << 20
    watch.look(29.0)
    assert states(deployment)["alice"].seen_at == before
    watch.look(31.0)
    assert states(deployment)["alice"].seen_at > before
    assert states(deployment)["alice"].memory_bytes == 40 << 20


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_only_trouble_wakes_not_what_we_start_ourselves(
    deployment: Deployment, engine: InMemoryEngine, watch: Watch
) -> None:
    watch.look(0.0)
    watch.events.listen_in_background()
    wait_for(lambda: any(thread.name == "engine-events" for thread in threading.enumerate()))
    time.sleep(0.1)
    assert not watch.events.trouble.is_set()
    engine.crash(by_user(deployment)["alice"].name)
    assert watch.events.trouble.wait(30)


def test_a_restarted_engine_is_listened_to_again(deployment: Deployment, engine: InMemoryEngine) -> None:
    events = EngineEvents(deployment.runtime)
    events.listen_in_background()
    time.sleep(0.1)
    engine.go_away()
    # What happened in between may have been missed: look anyway.
    assert events.trouble.wait(30)
    engine.is_up = True
