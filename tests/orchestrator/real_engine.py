"""The `orchestrator` command on a real engine, with a small image in the place of the dashboard's.

The stand-in answers /healthz as dashboards do and is built in a second, so that these tests are about the
orchestrator alone. The way with the real images is tried in tests/system.
"""

import contextlib
import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container

from orchestrator.cli import main
from tests.shared_data import REPOSITORY

IMAGE = "usermon-tests-stand-in"

# Users called "crasher" end at once, those called "silent" never answer.
_PROGRAM = """
import os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
user = os.environ.get("USERMON_USER")
if user == "crasher":
    sys.exit("something is missing here")
if user == "silent":
    time.sleep(3600)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
print("listening", flush=True)
HTTPServer(("", 8050), Handler).serve_forever()
"""


def build_stand_in() -> str:
    """The name of the stand-in's image, built when the engine does not have it."""
    tool = REPOSITORY / "tools" / "ensure-base-image"
    base = subprocess.run([tool], capture_output=True, text=True, check=True).stdout.strip()
    dockerfile = f'FROM {base}\nCOPY stand_in.py /\nCMD ["python3", "/stand_in.py"]\n'
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        for name, text in (("Dockerfile", dockerfile), ("stand_in.py", _PROGRAM)):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    context.seek(0)
    docker.from_env().images.build(fileobj=context, custom_context=True, tag=IMAGE)
    return IMAGE


def free_port_range(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    start = 22_200 + os.getpid() % 500
    while not all(_is_free(port) for port in range(start, start + count)):
        start += count
    return start


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


@dataclass
class Place:
    """One deployment of dashboards, and the command as an admin runs it."""

    root: Path
    base_port: int
    settings: dict[str, str] = field(default_factory=dict)
    account: tuple[int, int] | None = None  # uid and group to run as; None: as ourselves

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def users_list(self) -> Path:
        return self.root / "users.txt"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("USERMON_")}
        return kept | {
            "USERMON_STATE_DIR": str(self.state),
            "USERMON_BASE_PORT": str(self.base_port),
            "USERMON_OVERVIEW_PORT": str(self.base_port + 19),
            "USERMON_IMAGE": IMAGE,
            **self.settings,
        }

    def list_users(self, *users: str) -> None:
        self.users_list.write_text("".join(f"{user}\n" for user in users), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        if self.account is None:
            return [sys.executable, "-m", "orchestrator", *arguments]
        program = Path(__file__).with_name("as_account.py")
        return [sys.executable, str(program), *(str(id_) for id_ in self.account), *arguments]

    @property
    def whole_environment(self) -> dict[str, str]:
        return self.environment | {"PYTHONPATH": str(REPOSITORY)}

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.whole_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """The command from its start to its end; what it says as text."""
        if self.account is None:
            return run_here(arguments, self.root, self.environment, stdin)
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.whole_environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def up(self, *options: str, expect: int = 0) -> dict[str, Any]:
        """`up` on the list, dashboards only; the result as JSON."""
        done = self.run("up", str(self.users_list), "--dashboards-only", "--json", *options)
        assert done.returncode == expect, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def status(self) -> dict[str, dict[str, Any]]:
        done = self.run("status", "--json")
        assert done.returncode == 0, done.stderr
        return {d["user"]: d for d in json.loads(done.stdout)["dashboards"]}

    def passwords(self) -> dict[str, str]:
        with (self.state / "credentials.csv").open(encoding="utf-8", newline="") as file:
            return {row["user"]: row["password"] for row in csv.DictReader(file)}

    def containers(self) -> dict[str, Container]:
        """What the engine itself knows of this deployment, by user."""
        found = docker.from_env().containers.list(all=True, filters=self._ours())
        return {container.labels["org.usermon.user"]: container for container in found}

    def remove(self) -> None:
        """Everything of this deployment off the engine: at once, where `down` would end it in good order."""
        if not (self.state / "deployment").exists():
            return
        engine = docker.from_env()
        found = engine.containers.list(all=True, filters=self._ours())
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(lambda container: container.remove(force=True, v=True), found))
        for network in engine.networks.list(filters=self._ours()):
            network.remove()

    def _ours(self) -> dict[str, Any]:
        deployment = (self.state / "deployment").read_text(encoding="utf-8").strip()
        return {"label": f"org.usermon.deployment={deployment}"}


def run_here(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command as a shell would run it in `folder`, but in this process: loading it takes longer than most
    of what the tests ask of it."""
    code: object = 0
    out, err = io.StringIO(), io.StringIO()
    before, at_sigterm = dict(os.environ), signal.getsignal(signal.SIGTERM)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.chdir(folder):
        usual, sys.stdin = sys.stdin, io.StringIO(stdin)
        os.environ.clear()
        os.environ.update(environment)
        try:
            main(list(arguments))
        except SystemExit as end:
            code = end.code
        finally:
            os.environ.clear()
            os.environ.update(before)
            sys.stdin = usual
            signal.signal(signal.SIGTERM, at_sigterm)
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def actions(answer: dict[str, Any]) -> dict[str, str]:
    return {dashboard["user"]: dashboard["action"] for dashboard in answer["dashboards"]}
