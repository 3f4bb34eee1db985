"""Every runtime keeps the same contract: the one in memory, and Docker on a real engine."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from orchestrator.runtimes import (
    ContainerSpec,
    Event,
    Mount,
    NoSuchContainer,
    PortTaken,
    Role,
    Runtime,
    RuntimeFailure,
    State,
)
from orchestrator.runtimes.docker.containers import open_docker
from orchestrator.runtimes.in_memory import InMemoryEngine, InMemoryRuntime, Program
from tests.shared_data import REPOSITORY

SERVES = ("python3", "-m", "http.server", "8050")
SPEAKS = ("sh", "-c", "echo one; echo two >&2; printf 'thr\\303\\251\\n'; exec sleep 600")
CRASHES = ("sh", "-c", "echo dying; exit 3")
PROGRAMS = {
    SERVES: Program(),
    SPEAKS: Program(("one", "two", "thré")),
    CRASHES: Program(("dying",), exit_code=3),
}
FIRST_PORT = 21_200


@dataclass
class Machine:
    """An engine, and runtimes of several deployments on it."""

    runtime: Runtime
    other: Runtime  # of another deployment
    deployment: str
    image: str
    hold_port: Callable[[int], Any]

    def spec(self, user: str | None = "alice", **changed: Any) -> ContainerSpec:
        spec = ContainerSpec(
            name=f"usermon-{self.deployment}-dashboard-{user}",
            role=Role.DASHBOARD,
            user=user,
            image=self.image,
            image_id=self.runtime.image_id(self.image) or "",
            command=SERVES,
            environment={"USERMON_USER": user or ""},
            mounts=(),
            bind_address="127.0.0.1",
            port=None,
            container_port=8050,
            run_as=(10_001, 10_001),
            memory_bytes=64 << 20,
            cpus=1.0,
            pids=64,
            healthcheck=(),
            isolated=True,
            spec_hash="first",
        )
        return replace(spec, **changed)


@pytest.fixture(scope="session")
def base_image() -> str:
    tool = REPOSITORY / "tools" / "ensure-base-image"
    return subprocess.run([tool], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@pytest.fixture(params=["in_memory", pytest.param("docker", marks=pytest.mark.docker)])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    deployment, other = uuid4().hex[:10], uuid4().hex[:10]
    if request.param == "in_memory":
        engine = InMemoryEngine(images={"a-base:1": "sha256:1"}, programs=PROGRAMS)
        yield Machine(
            InMemoryRuntime(engine, deployment),
            InMemoryRuntime(engine, other),
            deployment,
            "a-base:1",
            lambda port: engine.held_ports.update({port: "somebody"}),
        )
        return
    listeners: list[socket.socket] = []
    runtimes = open_docker(deployment), open_docker(other)
    image: str = request.getfixturevalue("base_image")
    yield Machine(*runtimes, deployment, image, lambda port: listeners.append(_listen(port)))
    for listener in listeners:
        listener.close()
    for runtime in runtimes:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda running: runtime.stop(running.name), runtime.list()))  # noqa: B023
        runtime.remove_network()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


@pytest.fixture
def free_port() -> int:
    port = FIRST_PORT
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                port += 1
                continue
            return port


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_what_was_started_is_found_and_listed_with_all_that_its_labels_say(
    machine: Machine, free_port: int
) -> None:
    spec = machine.spec(port=free_port)

    started = machine.runtime.start(spec)

    assert started == machine.runtime.find(spec.name)
    (listed,) = machine.runtime.list()
    assert (listed.name, listed.role, listed.user) == (spec.name, Role.DASHBOARD, "alice")
    assert (listed.port, listed.spec_hash, listed.image) == (free_port, "first", machine.image)
    assert listed.state is State.READY
    assert listed.container == started.container
    assert listed.started_at is not None
    assert abs(listed.started_at - time.time()) < 60
    assert listed.exit_reason is None
    assert listed.labels == {
        "org.usermon.deployment": machine.deployment,
        "org.usermon.role": "dashboard",
        "org.usermon.user": "alice",
        "org.usermon.port": str(free_port),
        "org.usermon.spec": "first",
    }


def test_a_service_has_no_user_and_maybe_no_port(machine: Machine) -> None:
    spec = machine.spec(role=Role.COLLECTORS, user=None, isolated=False)

    running = machine.runtime.start(spec)

    assert (running.role, running.user, running.port) == (Role.COLLECTORS, None, None)


def test_nothing_is_found_where_nothing_was_started(machine: Machine) -> None:
    assert machine.runtime.list() == []
    assert machine.runtime.find("usermon-nobody") is None


def test_names_are_compared_whole(machine: Machine) -> None:
    long = machine.spec("alice.b", command=SPEAKS)
    machine.runtime.start(long)

    assert machine.runtime.find(machine.spec("alice").name) is None
    assert machine.runtime.find(machine.spec("aliceXb").name) is None
    machine.runtime.stop(machine.spec("alice").name)
    assert machine.runtime.find(long.name) is not None


def test_one_of_the_same_name_is_replaced(machine: Machine, free_port: int) -> None:
    first = machine.runtime.start(machine.spec(port=free_port))

    second = machine.runtime.start(machine.spec(port=free_port, spec_hash="second"))

    assert second.container != first.container
    (listed,) = machine.runtime.list()
    assert (listed.spec_hash, listed.container) == ("second", second.container)


def test_stopping_twice_is_stopping_once(machine: Machine) -> None:
    spec = machine.spec(command=SPEAKS)
    machine.runtime.start(spec)

    machine.runtime.stop(spec.name)
    machine.runtime.stop(spec.name)

    assert machine.runtime.list() == []


def test_a_stopped_container_that_is_kept_can_be_replaced(machine: Machine, free_port: int) -> None:
    spec = machine.spec(command=SPEAKS, port=free_port)
    machine.runtime.start(spec)

    machine.runtime.stop(spec.name, remove=False)
    machine.runtime.stop(spec.name, remove=False)

    stopped = machine.runtime.find(spec.name)
    assert stopped is not None
    assert (stopped.state, stopped.exit_reason) == (State.STOPPED, "was stopped")
    assert machine.runtime.start(spec).state is State.READY


def test_other_deployments_are_neither_seen_nor_touched(machine: Machine) -> None:
    spec = machine.spec(command=SPEAKS)
    theirs = replace(spec, name=f"{spec.name}-theirs")
    machine.other.start(theirs)

    assert machine.runtime.list() == []
    assert machine.runtime.find(theirs.name) is None
    assert machine.runtime.memory_bytes([theirs.name]) == {}
    with pytest.raises(NoSuchContainer):
        machine.runtime.read_logs(theirs.name)
    machine.runtime.stop(theirs.name)
    machine.runtime.remove_network()
    with pytest.raises(RuntimeFailure, match="not ours"):
        machine.runtime.start(theirs)

    (still_there,) = machine.other.list()
    assert still_there.state is State.READY


def test_a_port_held_by_a_program_is_told_and_nothing_is_left_behind(
    machine: Machine, free_port: int
) -> None:
    machine.hold_port(free_port)

    with pytest.raises(PortTaken) as taken:
        machine.runtime.start(machine.spec(port=free_port))

    assert taken.value.port == free_port
    assert taken.value.holder
    assert machine.runtime.list() == []


def test_a_port_held_by_a_container_is_told_with_the_containers_name(
    machine: Machine, free_port: int
) -> None:
    holder = machine.spec("bob", command=SPEAKS, port=free_port)
    machine.runtime.start(holder)

    with pytest.raises(PortTaken) as taken:
        machine.runtime.start(machine.spec(port=free_port))

    assert taken.value.holder == f"container {holder.name}"
    assert [running.user for running in machine.runtime.list()] == ["bob"]


def test_a_missing_image_is_named(machine: Machine) -> None:
    with pytest.raises(RuntimeFailure, match="usermon-no-such-image:1") as failed:
        machine.runtime.start(machine.spec(image="usermon-no-such-image:1"))

    assert "orchestrator build" in failed.value.remedy
    assert machine.runtime.image_id("usermon-no-such-image:1") is None
    assert machine.runtime.list() == []


def test_a_missing_folder_is_an_error_and_not_a_new_folder(machine: Machine, tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    with pytest.raises(RuntimeFailure, match="missing"):
        machine.runtime.start(machine.spec(mounts=(Mount(missing, "/data"),)))

    assert not missing.exists()
    assert machine.runtime.list() == []


@pytest.mark.parametrize("ids", [(0, 10_001), (10_001, 0)])
def test_root_is_refused(machine: Machine, ids: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="root"):
        machine.runtime.start(machine.spec(run_as=ids))

    assert machine.runtime.list() == []


def test_a_program_that_crashes_over_and_over_has_failed(machine: Machine) -> None:
    spec = machine.spec(command=CRASHES)

    machine.runtime.start(spec)

    def has_failed() -> bool:
        found = machine.runtime.find(spec.name)
        return found is not None and found.state is State.FAILED

    assert eventually(has_failed)
    # Between two attempts it runs for a moment.
    reasons = {running.exit_reason for running in machine.runtime.list() if running.state is State.FAILED}
    assert reasons <= {"ends with code 3 whenever it is started"}
    assert list(machine.runtime.read_logs(spec.name, tail=1)) == ["dying"]


def test_the_log_is_read_whole_or_by_its_last_lines(machine: Machine) -> None:
    spec = machine.spec(command=SPEAKS)
    machine.runtime.start(spec)
    assert eventually(lambda: len(list(machine.runtime.read_logs(spec.name))) == 3)

    lines = list(machine.runtime.read_logs(spec.name))

    # The engine keeps the order within stdout and within stderr, no more.
    assert sorted(lines) == ["one", "thré", "two"]
    assert lines.index("one") < lines.index("thré")
    assert list(machine.runtime.read_logs(spec.name, tail=2)) == lines[1:]
    assert list(machine.runtime.read_logs(spec.name, tail=0)) == []


def test_following_the_log_ends_when_the_container_stops(machine: Machine) -> None:
    spec = machine.spec(command=SPEAKS)
    machine.runtime.start(spec)
    followed = machine.runtime.read_logs(spec.name, follow=True)

    lines = [next(followed) for _ in range(3)]
    machine.runtime.stop(spec.name)

    assert sorted(lines) == ["one", "thré", "two"]
    assert list(followed) == []


def test_there_is_no_log_of_nobody(machine: Machine) -> None:
    with pytest.raises(NoSuchContainer):
        machine.runtime.read_logs("usermon-nobody")


def test_memory_is_measured_of_what_runs(machine: Machine) -> None:
    runs, stopped = machine.spec("alice"), machine.spec("bob", command=SPEAKS)
    machine.runtime.start(runs)
    machine.runtime.start(stopped)
    machine.runtime.stop(stopped.name, remove=False)

    measured = machine.runtime.memory_bytes([runs.name, stopped.name, "usermon-nobody"])

    assert set(measured) == {runs.name}
    assert 100_000 < measured[runs.name] < 64 << 20
    assert machine.runtime.memory_bytes([]) == {}


def test_events_tell_what_happens_to_our_containers_and_to_no_others(machine: Machine) -> None:
    heard: list[Event] = []
    events = machine.runtime.events()
    thread = threading.Thread(target=lambda: heard.extend(_until_removed(events)), daemon=True)
    thread.start()
    spec, theirs = machine.spec(command=SPEAKS), machine.spec("bob", command=SPEAKS)

    machine.other.start(theirs)
    machine.other.stop(theirs.name)
    machine.runtime.start(spec)
    machine.runtime.stop(spec.name)

    thread.join(timeout=30)
    assert heard == [Event(kind, spec.name, "alice") for kind in ("started", "stopped", "removed")]


def _until_removed(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        yield event
        if event.kind == "removed":
            return


def test_many_may_start_and_stop_at_once(machine: Machine) -> None:
    specs = [machine.spec(f"user{n}", command=SPEAKS) for n in range(8)]

    with ThreadPoolExecutor(max_workers=8) as pool:
        started = list(pool.map(machine.runtime.start, specs))
        assert [running.user for running in started] == [spec.user for spec in specs]
        assert len(machine.runtime.list()) == 8
        # Two threads for each container: both see it gone.
        list(pool.map(machine.runtime.stop, [spec.name for spec in specs] * 2))

    assert machine.runtime.list() == []


def test_the_network_goes_when_no_container_uses_it(machine: Machine) -> None:
    spec = machine.spec(command=SPEAKS)
    machine.runtime.start(spec)

    machine.runtime.remove_network()
    assert machine.runtime.find(spec.name) is not None
    machine.runtime.stop(spec.name)
    machine.runtime.remove_network()
    machine.runtime.remove_network()

    assert machine.runtime.start(spec).state is State.READY
