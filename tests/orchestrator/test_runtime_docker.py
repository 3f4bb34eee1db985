"""What only a real engine can show: what it allowed, who reaches whom, and what happens when it goes away."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from orchestrator.runtimes import (
    ContainerSpec,
    EngineUnreachable,
    Event,
    Mount,
    Role,
    Running,
    RuntimeFailure,
    State,
)
from orchestrator.runtimes.docker.connection import connect
from orchestrator.runtimes.docker.containers import DockerRuntime, open_docker
from tests.shared_data import REPOSITORY
from tests.system.private_engine import PrivateEngine

pytestmark = pytest.mark.docker

FIRST_PORT = 21_400


@pytest.fixture(scope="module")
def image() -> str:
    tool = REPOSITORY / "tools" / "ensure-base-image"
    return subprocess.run([tool], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@pytest.fixture
def runtime() -> Iterator[DockerRuntime]:
    opened = open_docker(uuid4().hex[:10])
    yield opened
    for running in opened.list():
        opened.stop(running.name)
    opened.remove_network()


@pytest.fixture
def engine() -> docker.DockerClient:
    return docker.from_env()


def spec(image: str, user: str = "alice", **changed: Any) -> ContainerSpec:
    made = ContainerSpec(
        name=f"usermon-test-{uuid4().hex[:8]}-{user}",
        role=Role.DASHBOARD,
        user=user,
        image=image,
        image_id="",
        command=("python3", "-m", "http.server", "8050"),
        environment={"USERMON_USER": user},
        mounts=(),
        bind_address="0.0.0.0",
        port=None,
        container_port=8050,
        run_as=(10_001, 10_001),
        memory_bytes=64 << 20,
        cpus=0.5,
        pids=64,
        healthcheck=("CMD", "true"),
        isolated=True,
        spec_hash="first",
    )
    return replace(made, **changed)


def run_in(container: Running, program: str) -> str:
    """Output of a Python program in the container, as its own user."""
    done = subprocess.run(
        ["docker", "exec", container.container, "python3", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_engine_allowed_no_more_than_we_asked_for(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str, tmp_path: Path
) -> None:
    running = runtime.start(
        spec(
            image, mounts=(Mount(tmp_path, "/data"), Mount(tmp_path, "/state", read_only=False)), port=21_391
        )
    )

    details = engine.containers.get(running.container).attrs
    host = details["HostConfig"]
    assert details["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["Privileged"] is False
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"] == host["MemorySwap"] == 64 << 20
    assert host["NanoCpus"] == 500_000_000
    assert host["PidsLimit"] == 64
    assert host["Tmpfs"] == {"/tmp": "rw,noexec,nosuid,nodev,size=16m"}
    assert host["Init"] is True
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "2"}}
    assert host["PortBindings"] == {"8050/tcp": [{"HostIp": "0.0.0.0", "HostPort": "21391"}]}
    mounts = {m["Destination"]: (m["Source"], m["RW"]) for m in details["Mounts"]}
    assert mounts == {"/data": (str(tmp_path), False), "/state": (str(tmp_path), True)}
    assert details["Config"]["Healthcheck"]["Test"] == ["CMD", "true"]


def test_the_program_itself_finds_all_doors_closed(
    runtime: DockerRuntime, image: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    running = runtime.start(spec(image, mounts=(Mount(tmp_path, "/data"),)))

    said = run_in(
        running,
        """
import ctypes, os
for path in ("/x", "/data/x", "/usr/x"):
    try:
        open(path, "w")
    except OSError as error:
        print(path, error.strerror)
open("/tmp/x", "w").write("#!/bin/sh\\n")
os.chmod("/tmp/x", 0o755)
print("executable", os.access("/tmp/x", os.X_OK))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print([status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")])
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
print("namespace", libc.unshare(CLONE_NEWUSER))
print(os.getuid(), os.getgid(), os.getgroups())
""",
    )

    assert said.splitlines() == [
        "/x Read-only file system",
        "/data/x Read-only file system",
        "/usr/x Read-only file system",
        "executable False",
        "['0000000000000000', '0000000000000000', '1', '2']",
        "namespace -1",
        "10001 10001 [10001]",
    ]


REACH = """
import socket, sys
for host, port in {targets!r}:
    try:
        socket.create_connection((host, port), timeout=3).close()
        print(host, port, "reached")
    except OSError:
        print(host, port, "closed")
"""


def address_and_gateway(engine: docker.DockerClient, container: Running) -> tuple[str, str]:
    (network,) = engine.containers.get(container.container).attrs["NetworkSettings"]["Networks"].values()
    return network["IPAddress"], network["Gateway"]


def test_no_dashboard_reaches_another_neither_directly_nor_by_published_ports(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    alice = runtime.start(spec(image, "alice"))
    bob = runtime.start(spec(image, "bob", port=21_392))
    address, gateway = address_and_gateway(engine, bob)
    targets = [(address, 8050), (gateway, 21_392), (bob.name, 8050), ("127.0.0.1", 8050)]

    said = run_in(alice, REACH.format(targets=targets))

    assert said.splitlines() == [f"{host} {port} closed" for host, port in targets]
    # The same from a container that may open connections: bob's server does run, and answers by its port.
    service = runtime.start(spec(image, "service", isolated=False))
    said = run_in(service, REACH.format(targets=targets[:2]))
    assert said.splitlines() == [f"{address} 8050 closed", f"{gateway} 21392 reached"]


def test_nothing_gets_out_of_a_dashboard_by_any_kind_of_socket(
    runtime: DockerRuntime, image: str, engine: docker.DockerClient
) -> None:
    alice = runtime.start(spec(image))
    _, gateway = address_and_gateway(engine, alice)

    said = run_in(
        alice,
        f"""
import socket
MSG_FASTOPEN = 0x20000000
def attempt(name, act):
    try:
        act()
        print(name, "got out")
    except OSError as error:
        print(name, error.strerror)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp = socket.socket()
attempt("connect", lambda: tcp.connect(("{gateway}", 80)))
attempt("fast open", lambda: tcp.sendto(b"x", MSG_FASTOPEN, ("{gateway}", 80)))
attempt("datagram", lambda: udp.sendto(b"x", ("{gateway}", 53)))
attempt("message", lambda: udp.sendmsg([b"x"], [], 0, ("{gateway}", 53)))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("raw", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
""",
    )

    kinds = ("connect", "fast open", "datagram", "message", "netlink", "raw")
    assert said.splitlines() == [f"{kind} Operation not permitted" for kind in kinds]


def test_the_network_of_dashboards_is_closed_by_the_engine_too(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    running = runtime.start(spec(image))

    (name,) = engine.containers.get(running.container).attrs["NetworkSettings"]["Networks"]
    options = engine.networks.get(name).attrs["Options"]
    assert options["com.docker.network.bridge.enable_icc"] == "false"
    assert options["com.docker.network.bridge.enable_ip_masquerade"] == "false"


def test_processes_that_start_at_once_make_one_network(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    deployment = runtime.deployment
    runtimes = [open_docker(deployment) for _ in range(6)]
    specs = [spec(image, f"user{n}", command=("sleep", "600")) for n in range(6)]

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(lambda pair: pair[0].start(pair[1]), zip(runtimes, specs, strict=True)))

    assert len(engine.networks.list(filters={"label": f"org.usermon.deployment={deployment}"})) == 1
    assert len(runtime.list()) == 6


def test_a_network_that_somebody_removed_is_made_again(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    first = spec(image, command=("sleep", "600"))
    runtime.start(first)
    runtime.stop(first.name)
    engine.networks.get(f"usermon-{runtime.deployment}").remove()

    assert runtime.start(first).state is State.STARTING


def test_a_container_that_needs_too_much_memory_says_so(runtime: DockerRuntime, image: str) -> None:
    hungry = spec(image, command=("python3", "-c", "x = bytearray(200 << 20)"), memory_bytes=32 << 20)

    runtime.start(hungry)

    deadline = time.monotonic() + 30
    while (found := runtime.find(hungry.name)) is not None and found.state is not State.FAILED:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert found is not None
    assert found.exit_reason == "killed: it needed more memory than it may have"


def test_a_foreign_container_of_our_name_is_left_alone(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    wanted = spec(image)
    foreign = engine.containers.create(image, ["sleep", "600"], name=wanted.name)
    try:
        with pytest.raises(RuntimeFailure, match=wanted.name) as failed:
            runtime.start(wanted)
        assert f"docker inspect {wanted.name}" in failed.value.remedy
        assert engine.containers.get(wanted.name).id == foreign.id
    finally:
        foreign.remove(force=True)


def test_a_restarted_container_has_started_later(
    runtime: DockerRuntime, engine: docker.DockerClient, image: str
) -> None:
    wanted = spec(image, command=("sleep", "600"))
    started = runtime.start(wanted)
    time.sleep(6)  # more than the moment that may lie between creation and start

    engine.containers.get(started.container).restart(timeout=0)

    (listed,) = runtime.list()
    assert started.started_at is not None
    assert listed.started_at is not None
    assert listed.started_at - started.started_at > 5
    found = runtime.find(wanted.name)
    assert found is not None
    assert found.started_at == listed.started_at


def test_events_outlast_the_time_limit_of_other_calls(image: str) -> None:
    runtime = DockerRuntime(connect(timeout_seconds=1), uuid4().hex[:10])
    events = runtime.events()
    heard: list[Event] = []
    thread = threading.Thread(target=lambda: heard.append(next(events)), daemon=True)
    thread.start()
    time.sleep(1.5)
    wanted = spec(image, command=("sleep", "600"))

    open_docker(runtime.deployment).start(wanted)

    thread.join(timeout=20)
    patient = open_docker(runtime.deployment)
    patient.stop(wanted.name)
    patient.remove_network()
    assert heard == [Event("started", wanted.name, "alice")]


def test_an_engine_that_restarts_is_spoken_with_again(tmp_path: Path, image: str) -> None:
    folder = Path(f"/run/usermon-test-{uuid4().hex[:8]}")
    folder.mkdir()
    private = PrivateEngine(folder, folder.name)
    private.make_namespace()
    try:
        private.start()
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("DOCKER_HOST", private.url)
            runtime = open_docker("private")
        events = runtime.events()
        private.stop()

        with pytest.raises(EngineUnreachable):
            list(events)
        with pytest.raises(EngineUnreachable, match="no Docker engine answers"):
            runtime.list()
        private.start()
        assert runtime.list() == []
    finally:
        private.stop()
        private.remove_namespace()
        shutil.rmtree(folder, ignore_errors=True)
