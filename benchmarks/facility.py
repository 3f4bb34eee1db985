"""A facility to measure on: users with histories, and an orchestrator that is run as an admin runs it."""

import csv
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

SAMPLES_A_VOLUME = 700


@dataclass(frozen=True, slots=True)
class Facility:
    """Lists, histories, settings and state of one facility, in one folder."""

    root: Path
    users: list[str]
    base_port: int
    # Settings beside those of every facility, for instance another engine's DOCKER_HOST.
    extra: dict[str, str] = field(default_factory=dict)
    # What stands before each command, for instance to run it in another network namespace.
    inside: tuple[str, ...] = ()

    @property
    def users_list(self) -> Path:
        return self.root / "users.txt"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def overview_port(self) -> int:
        return self.base_port

    @property
    def environment(self) -> dict[str, str]:
        """The settings of this facility alone, whatever the caller's own are."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("USERMON_")}
        return kept | {
            "USERMON_STATE_DIR": str(self.state),
            "USERMON_CONFIG": str(self.root / "usermon.toml"),
            "USERMON_BASE_PORT": str(self.base_port + 1),
            "USERMON_OVERVIEW_PORT": str(self.overview_port),
            **self.extra,
        }

    def command(self, *arguments: str) -> list[str]:
        return [*self.inside, sys.executable, "-m", "orchestrator", *arguments]

    def orchestrator(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command as an admin would, to its end."""
        result = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=600
        )
        if check and result.returncode != 0:
            raise RuntimeError(f"orchestrator {' '.join(arguments)}: {result.returncode}\n{result.stderr}")
        return result

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and go on; the caller ends it."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def up(self, *options: str) -> dict[str, Any]:
        output = self.orchestrator("up", str(self.users_list), "--json", *options).stdout
        answer: dict[str, Any] = json.loads(output)
        return answer

    def list_users(self, users: Sequence[str]) -> None:
        self.users_list.write_text("".join(f"{user}\n" for user in users), encoding="utf-8")

    def status(self) -> dict[str, dict[str, Any]]:
        result = self.orchestrator("status", "--json", check=False)
        if not result.stdout:
            raise RuntimeError(f"orchestrator status: {result.returncode}\n{result.stderr}")
        dashboards = json.loads(result.stdout)["dashboards"]
        return {dashboard["user"]: dashboard for dashboard in dashboards}

    def passwords(self) -> dict[str, str]:
        with (self.state / "credentials.csv").open(encoding="utf-8", newline="") as file:
            return {row["user"]: row["password"] for row in csv.DictReader(file)}


@contextmanager
def facility(users: Sequence[str], samples: int = SAMPLES_A_VOLUME) -> Iterator[Facility]:
    """A facility in a temporary folder; whatever runs for it is taken down at the end."""
    root = Path(tempfile.mkdtemp(prefix="usermon-facility-"))
    # Containers that root starts run as another account, which must be able to read the sources.
    root.chmod(0o755)
    made = Facility(root, list(users), free_port_range(len(users) + 10))
    made.list_users(users)
    write_histories(root / "data", users, samples)
    (root / "usermon.toml").write_text(site_file(root / "data"), encoding="utf-8")
    try:
        yield made
    finally:
        made.orchestrator("down", check=False)
        shutil.rmtree(root, ignore_errors=True)


def site_file(data: Path) -> str:
    return 'timezone = "UTC"\n' + "".join(
        f'[[source]]\nname = "{volume}"\ncollector = "storage_csv"\npath = "{data / volume}"\nevery = "30m"\n'
        for volume in ("local", "cryo")
    )


def some_users(count: int) -> list[str]:
    return [f"user{number:05d}" for number in range(1, count + 1)]


def write_histories(folder: Path, users: Sequence[str], samples: int, seed: int = 1) -> None:
    """Half-hourly `date,GB,nfiles` rows that grow in steps, up to the present hour."""
    chance = random.Random(seed)
    newest = datetime.now().replace(minute=0, second=0, microsecond=0)  # noqa: DTZ005 - as the quota tools print it
    for volume in ("local", "cryo"):
        (folder / volume).mkdir(parents=True)
        for user in users:
            gb, files = chance.randint(1, 40_000), chance.randint(100, 3_000_000)
            rows = []
            for step in range(samples):
                if chance.random() < 0.1:
                    gb, files = (
                        max(0, gb + chance.randint(-50, 120)),
                        max(0, files + chance.randint(-900, 2_500)),
                    )
                moment = newest - timedelta(minutes=30 * (samples - 1 - step))
                rows.append(f"{moment:%Y-%m-%d %H:%M},{gb},{files}\n")
            (folder / volume / f"{user}.csv").write_text("".join(rows), encoding="utf-8")


def free_port_range(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    # Below the range that the kernel gives to outgoing connections; elsewhere for each process, since two
    # that look at once would find the same.
    start = 12_000 + os.getpid() % 100 * 100
    while start + count < 32_000:
        taken = next((port for port in range(start, start + count) if _is_taken(port)), None)
        if taken is None:
            return start
        start = taken + 1
    raise RuntimeError(f"no {count} neighbouring ports are free")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return True
    return False


def get(port: int, path: str, user: str, password: str, timeout: float = 30) -> tuple[int, bytes]:
    """One request with HTTP Basic, as a script logs in."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        token = b64encode(f"{user}:{password}".encode()).decode()
        connection.request("GET", path, headers={"Authorization": f"Basic {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def answers_after_login(port: int, user: str, password: str, patience_seconds: float = 120) -> None:
    """Wait until the dashboard gives its page and its layout to somebody who logged in."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            statuses = {str(get(port, path, user, password)[0]) for path in ("/", "/_dash-layout")}
        except OSError as error:
            statuses = {str(error)}
        if statuses == {"200"}:
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"the dashboard of {user} on port {port} answers {statuses}")
        time.sleep(0.05)
