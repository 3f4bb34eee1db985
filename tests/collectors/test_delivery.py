"""The whole way: agents as processes, a real overview that is stopped and started while they deliver."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from collectors.push import only_delivery
from collectors.spool import Spool
from tests.overview.site import make_state
from usage_store.api_tokens import ApiToken, save_token
from usage_store.collection_runs import latest_runs
from usage_store.engine import Store, open_store
from usage_store.schema import collection_runs
from usage_store.storage import storage_histories
from usermon.secret import Secret
from usermon.state_folder import StateFolder

PATIENCE = 60.0
START = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - as it stands in a file


@dataclass
class HubMachine:
    state: StateFolder
    port: int
    server: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "overview", "serve", "--port", str(self.port)],
            env={**os.environ, "USERMON_STATE_DIR": str(self.state.root)},
            stderr=subprocess.DEVNULL,
        )

    def end(self, number: signal.Signals) -> None:
        assert self.server is not None
        self.server.send_signal(number)
        self.server.wait(30)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubMachine]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    machine = HubMachine(make_state(tmp_path / "hub"), port)
    yield machine
    if machine.server is not None and machine.server.poll() is None:
        machine.end(signal.SIGTERM)


@dataclass
class AgentMachine:
    folder: Path
    source: str
    hub: HubMachine
    samples: int = 0

    def __post_init__(self) -> None:
        (self.folder / "quota").mkdir(parents=True)
        (self.folder / "usermon.toml").write_text(
            f'[[source]]\nname = "{self.source}"\ncollector = "storage_csv"\npath = "quota"\nevery = "1s"\n'
        )
        secret = Secret.random()
        store = open_store(self.hub.state.default_store_url)
        with store.writing() as connection:
            token = ApiToken(self.source, "ingest", frozenset({self.source}))
            save_token(connection, token, secret, time.time())
        store.close()
        (self.folder / "token").write_text(secret.reveal())

    @property
    def spool(self) -> Path:
        return StateFolder(self.folder / "state").spool_folder

    def measure(self, count: int) -> None:
        """`count` more samples of alice, half an hour apart."""
        with (self.folder / "quota" / "alice.csv").open("a") as file:
            for _ in range(count):
                moment = START + timedelta(minutes=30 * self.samples)
                self.samples += 1
                file.write(f"{moment:%Y-%m-%d %H:%M},{self.samples},{self.samples}\n")

    def collect(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "collectors", *arguments],
            env={
                **os.environ,
                "USERMON_STATE_DIR": str(self.folder / "state"),
                "USERMON_CONFIG": str(self.folder / "usermon.toml"),
                "USERMON_HUB_URL": self.hub.url,
                "USERMON_HUB_TOKEN_FILE": str(self.folder / "token"),
                "USERMON_TIMEZONE": "UTC",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[str]"]:
        with (self.folder / "log").open("a") as log:
            agent = subprocess.Popen(
                [
                    *(sys.executable, "-m", "collectors", "forever", "--hub", self.hub.url),
                    *("--token-file", str(self.folder / "token")),
                    *("--config", str(self.folder / "usermon.toml")),
                ],
                env={
                    **os.environ,
                    "USERMON_STATE_DIR": str(self.folder / "state"),
                    "USERMON_TIMEZONE": "UTC",
                },
                stderr=log,
            )
            try:
                yield agent  # type: ignore[misc]
            finally:
                if agent.poll() is None:
                    agent.terminate()
                    assert agent.wait(30) == 0

    def waiting(self) -> int:
        return len(list(self.spool.glob("*.batch")))


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.1)


def files_of(store: Store, source: str) -> list[int]:
    with store.reading() as connection:
        histories = storage_histories(connection, "alice")
    return list(histories[source].files) if source in histories else []


def counts(store: Store, source: str) -> tuple[int, int]:
    """Records that were new, and records that came although they were known."""
    query = select(func.sum(collection_runs.c.taken), func.sum(collection_runs.c.known))
    with store.reading() as connection:
        taken, known = connection.execute(query.where(collection_runs.c.source == source)).one()
    return int(taken or 0), int(known or 0)


def test_every_sample_arrives_exactly_once_although_the_hub_ends_and_starts(
    hub: HubMachine, tmp_path: Path
) -> None:
    agents = [AgentMachine(tmp_path / name, name, hub) for name in ("local", "cryo")]
    store = open_store(hub.state.default_store_url)
    hub.start()
    with agents[0].running(), agents[1].running():
        for number, end in enumerate((signal.SIGKILL, signal.SIGTERM)):
            for agent in agents:
                agent.measure(20)
            wait_until(lambda: all(len(files_of(store, agent.source)) > 0 for agent in agents))
            for agent in agents:
                agent.measure(5)
            hub.end(end)
            for agent in agents:
                agent.measure(7 + number)
            wait_until(lambda: all(agent.waiting() >= 2 for agent in agents))
            hub.start()
        for agent in agents:
            agent.measure(3)
        wait_until(lambda: all(files_of(store, agent.source)[-1:] == [agent.samples] for agent in agents))
    for agent in agents:
        assert files_of(store, agent.source) == list(range(1, agent.samples + 1))
        assert counts(store, agent.source) == (agent.samples, 0)
    store.close()


def test_an_agent_that_is_killed_goes_on_where_it_was(hub: HubMachine, tmp_path: Path) -> None:
    agent = AgentMachine(tmp_path / "local", "local", hub)
    store = open_store(hub.state.default_store_url)
    agent.measure(10)
    first = agent.collect("once")  # no hub: all of it waits
    told = first.communicate(timeout=PATIENCE)[1]
    assert first.returncode == 1
    assert "does not answer: Connection refused" in told
    assert agent.waiting() == 1
    listed = agent.collect("list", "--json").communicate(timeout=PATIENCE)[0]
    assert '"waiting": 1' in listed
    hub.start()
    with agent.running() as process:
        wait_until(lambda: len(files_of(store, "local")) == 10)
        agent.measure(10)
        time.sleep(0.5)
        process.kill()
        process.wait(30)
        process = agent.collect("once", "--json")
        told, complaints = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, complaints
        assert '"waiting": 0' in told
    assert files_of(store, "local") == list(range(1, 21))
    store.close()


def test_once_ends_with_1_when_something_stays(hub: HubMachine, tmp_path: Path) -> None:
    agent = AgentMachine(tmp_path / "local", "local", hub)
    agent.measure(1)
    with only_delivery(Spool(agent.spool)):  # another process does not get through either
        process = agent.collect("once", "--json")
        told, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, complaints
    assert '"waiting": 1' in told


def test_check_asks_the_hub_and_delivers_nothing(hub: HubMachine, tmp_path: Path) -> None:
    agent = AgentMachine(tmp_path / "local", "local", hub)
    agent.measure(3)
    with (agent.folder / "usermon.toml").open("a") as file:
        file.write('[[source]]\nname = "cryo"\ncollector = "storage_csv"\npath = "quota"\n')
    hub.start()

    def check() -> tuple[int, str, str]:
        process = agent.collect("check")
        told, complaints = process.communicate(timeout=PATIENCE)
        return process.returncode, told, complaints

    wait_until(lambda: "does not answer" not in check()[2])
    code, told, complaints = check()
    assert code == 1
    assert "3 StorageUsage" in told
    assert "error: the hub takes no source 'cryo' from this token, only: local" in complaints
    assert "--scope ingest --source cryo --source local`" in complaints
    store = open_store(hub.state.default_store_url)
    with store.reading() as connection:
        assert latest_runs(connection) == []
    store.close()
    assert agent.waiting() == 0


def test_an_agent_loads_no_store_and_nothing_else_that_is_heavy() -> None:
    """Of all that may be collected: 30 MB hold neither SQLAlchemy nor what reads settings elsewhere."""
    program = (
        "import sys\n"
        "import collectors.commands.agent\n"
        "from collectors.catalogue import COLLECTORS, find_collector\n"
        "for name in COLLECTORS: find_collector(name)\n"
        "heavy = ('sqlalchemy', 'alembic', 'pydantic', 'rich', 'click', 'flask', 'fabric', 'paramiko')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"USERMON_HUB_TOKEN_FILE": ""}, "no token for the hub is named"),
        ({"USERMON_HUB_TOKEN_FILE": "/nowhere"}, "USERMON_HUB_TOKEN_FILE is /nowhere, which cannot be read"),
        ({"USERMON_HUB_URL": "hub.example.org"}, "USERMON_HUB_URL is no address of a hub"),
        ({"USERMON_SPOOL_MB": "much"}, "USERMON_SPOOL_MB is 'much'"),
        (
            {"USERMON_HUB_CA_FILE": "/nowhere", "USERMON_HUB_URL": "https://localhost"},
            "USERMON_HUB_CA_FILE is",
        ),
        ({"USERMON_CONFIG": "/nowhere"}, "no such file: /nowhere"),
    ],
)
def test_wrong_settings_are_refused_by_name(
    hub: HubMachine, tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    agent = AgentMachine(tmp_path / "local", "local", hub)
    process = agent.collect("forever", **environment)
    complaints = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 2
    assert f"error: {told}" in complaints
    assert "fix: " in complaints
