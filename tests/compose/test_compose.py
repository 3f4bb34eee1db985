"""compose.yaml, brought up by a real docker-compose 2 on the real images, with a small facility."""

import base64
import csv
import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from orchestrator.image import build_images
from orchestrator.settings import OrchestratorSettings
from tests.shared_data import REPOSITORY
from usage_store.dashboards import read_ledger
from usage_store.engine import open_store

pytestmark = pytest.mark.docker

FIRST_PORT = 21_700


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    first = FIRST_PORT
    while True:
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", port))
        except OSError:
            first += count
            continue
        return first


def compose_command() -> list[str]:
    as_plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if as_plugin.returncode == 0 else ["docker-compose"]


@dataclass
class Site:
    """A facility of two users in a folder of its own."""

    folder: Path
    project: str
    first_port: int

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def compose(self, *arguments: str) -> str:
        files = ["--file", str(REPOSITORY / "compose.yaml"), "--env-file", str(self.folder / ".env")]
        done = subprocess.run(
            [*compose_command(), "--project-name", self.project, *files, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def prepare(self, *options: str) -> None:
        prepare = [str(REPOSITORY / "tools" / "prepare-compose"), *options]
        arguments = ["state", "usermon.toml", "quota", "lists"]
        subprocess.run([*prepare, *arguments], cwd=self.folder, check=True, capture_output=True)

    def users(self) -> dict[str, Any]:
        """What the overview answers of each user; nothing while it does not answer."""
        admin = self.passwords()["(admin)"]
        status, body = self.get(self.first_port + 9, "/api/storage", "admin", admin)
        return {row["user"]: row for row in json.loads(body)["users"]} if status == 200 else {}

    def passwords(self) -> dict[str, str]:
        with (self.state / "credentials.csv").open(encoding="utf-8", newline="") as file:
            return {row["user"]: row["password"] for row in csv.DictReader(file)}

    def get(self, port: int, path: str, account: str = "", password: str = "") -> tuple[int, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
        if account:
            token = base64.b64encode(f"{account}:{password}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
        except OSError:
            return 0, b""

    def wait_until(self, what: str, seconds: float, condition: Any) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what}\n{self.compose('logs', '--no-color')}"
            time.sleep(0.3)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(0o755)  # the services run as somebody else than root
    tag = uuid4().hex[:8]
    images = OrchestratorSettings(
        image=f"usermon-compose-dashboard:{tag}", services_image=f"usermon-compose-services:{tag}"
    )
    build_images(images, say=lambda _: None)
    port = free_ports(10)
    for user, gb in (("alice", 11_531), ("bob", 42)):
        for volume in ("local", "cryo"):
            file = folder / "quota" / volume / f"{user}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"2026-03-01 12:00,{gb},1000\n2026-03-02 12:00,{gb + 1},1001\n")
    (folder / "lists").mkdir()
    (folder / "lists" / "local_users.txt").write_text("alice\n")
    (folder / "lists" / "cryo_users.txt").write_text("alice\nbob\n")
    source = '[[source]]\nname = "{0}"\ncollector = "storage_csv"\npath = "quota/{0}"\nevery = "1m"\n'
    (folder / "usermon.toml").write_text(source.format("local") + source.format("cryo"))
    (folder / ".env").write_text(
        f"USERMON_BASE_PORT={port}\nUSERMON_OVERVIEW_PORT={port + 9}\nUSERMON_BIND_ADDRESS=127.0.0.1\n"
        f"USERMON_IMAGE={images.image}\nUSERMON_SERVICES_IMAGE={images.services_image}\n"
    )
    made = Site(folder, f"usermon-test-{tag}", port)
    for _ in range(2):
        made.prepare()
    try:
        made.compose("up", "--detach")
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "5")
        _end_dashboards(made)
        for name in (images.image, images.services_image):
            docker.from_env().images.remove(name, force=True)


def _end_dashboards(site: Site) -> None:
    # The ledger is in SQLite still, and PostgreSQL down already.
    settings = {
        "USERMON_STATE_DIR": str(site.state),
        "USERMON_STORE_URL": "",
        "PYTHONPATH": str(REPOSITORY),
    }
    subprocess.run(
        [sys.executable, "-m", "orchestrator", "down"],
        env=os.environ | settings,
        cwd=site.folder,
        check=True,
        capture_output=True,
    )


def test_the_overview_answers_and_shows_what_the_collectors_read(site: Site) -> None:
    port = site.first_port + 9
    site.wait_until("no overview", 90, lambda: site.get(port, "/healthz")[0] == 200)
    site.wait_until("no passwords", 60, lambda: (site.state / "credentials.csv").exists())
    site.wait_until("no data in the overview", 120, lambda: {"alice", "bob"} <= set(site.users()))
    assert site.get(port, "/api/storage")[0] == 401


def test_every_listed_user_has_a_dashboard_with_a_password_of_their_own(site: Site) -> None:
    for user, port in (("alice", site.first_port), ("bob", site.first_port + 1)):
        site.wait_until(f"no dashboard of {user}", 120, lambda: site.get(port, "/healthz")[0] == 200)  # noqa: B023
        password = site.passwords()[user]
        assert site.get(port, "/export/storage.csv")[0] == 401
        site.wait_until(
            f"no data of {user}",
            120,
            lambda: b"2026-03-02" in site.get(port, "/export/storage.csv", user, password)[1],  # noqa: B023
        )


def test_a_name_added_to_a_list_gets_a_dashboard(site: Site) -> None:
    with (site.folder / "lists" / "local_users.txt").open("a") as file:
        file.write("charlie\n")

    site.wait_until("nothing new", 90, lambda: site.get(site.first_port + 2, "/healthz")[0] == 200)


def test_no_service_runs_as_root_or_may_do_more_than_it_needs(site: Site) -> None:
    containers = docker.from_env().containers.list(
        filters={"label": f"com.docker.compose.project={site.project}"}
    )

    assert {c.labels["com.docker.compose.service"] for c in containers} == {
        "overview",
        "collectors",
        "orchestrator",
    }
    for container in containers:
        host = container.attrs["HostConfig"]
        assert not container.attrs["Config"]["User"].startswith("0")
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        sees_the_engine = any(mount["Source"].endswith("docker.sock") for mount in container.attrs["Mounts"])
        assert sees_the_engine == (container.labels["com.docker.compose.service"] == "orchestrator")


def test_compose_names_the_version_that_we_build() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]

    assert f"usermon-services:{version}}}" in (REPOSITORY / "compose.yaml").read_text()


def test_the_store_moves_to_postgresql_and_outlives_its_containers(site: Site) -> None:
    subprocess.run([REPOSITORY / "tools" / "ensure-postgres-image"], check=True, capture_output=True)
    site.compose("stop", "--timeout", "5")
    before = ports_in(site.state / "store" / "usermon.db")

    site.prepare("--postgres")
    site.compose("up", "--detach", "--wait", "postgres")
    target = dict(line.split("=", 1) for line in (site.folder / ".env").read_text().splitlines())
    copy = ["copy-store", "--from", "sqlite:////state/store/usermon.db", "--to", target["USERMON_STORE_URL"]]
    site.compose("run", "--rm", "overview", "python", "-m", "overview", *copy)
    # What only the new store will hold, also after its container was removed.
    with (site.folder / "quota" / "local" / "alice.csv").open("a") as file:
        file.write("2026-03-03 12:00,11600,1002\n")
    for _ in range(2):
        site.compose("up", "--detach")
        site.wait_until(
            "not what was copied and collected",
            120,
            lambda: site.users().get("alice", {}).get("local_gb") == 11_600,
        )
        assert site.users()["bob"]["cryo_gb"] == 43
        assert {name: user["port"] for name, user in site.users().items()} == before
        site.compose("down", "--timeout", "5")
        (site.folder / "quota" / "local" / "alice.csv").write_text("")


def ports_in(database: Path) -> dict[str, int]:
    """The ports of the ledger in a SQLite store."""
    with open_store(f"sqlite:///{database}").reading() as connection:
        return {name: entry.port for name, entry in read_ledger(connection).items()}
