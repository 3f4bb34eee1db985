"""Which engine is asked, and what is said where none answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY

pytestmark = pytest.mark.docker


ASK = """
import os, socket, sys
from orchestrator.runtimes.docker.containers import open_docker
from usermon.errors import UsermonError
{before}
try:
    open_docker("x")
    print("it answers")
except UsermonError as error:
    print(type(error).__name__, error.message, error.remedy, sep="|")
"""


def ask_an_engine(before: str = "", **environment: str) -> str:
    """What `open_docker` says in a process of its own, after `before`."""
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(before=before)],
        env=os.environ | environment | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("url", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9"])
def test_no_engine_is_said_with_what_to_do(url: str) -> None:
    said = ask_an_engine(DOCKER_HOST=url)

    assert said.startswith("EngineUnreachable|no Docker engine answers|")
    assert "tools/ensure-engine" in said


def test_a_closed_socket_is_said_with_the_group_to_join(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    close = (
        f"listener = socket.socket(socket.AF_UNIX); listener.bind({str(path)!r}); os.chmod({str(path)!r}, 0)"
    )
    become_nobody = "if os.geteuid() == 0: os.setuid(65534)"

    said = ask_an_engine(f"{close}\n{become_nobody}", DOCKER_HOST=f"unix://{path}")

    assert said.startswith("EngineUnreachable|a Docker engine runs here, but you may not speak with it|")
    assert "usermod -aG docker" in said


def test_the_current_context_is_the_engine_that_is_asked(tmp_path: Path) -> None:
    docker_cli = {"env": os.environ | {"DOCKER_CONFIG": str(tmp_path)}, "check": True, "capture_output": True}
    create = ["docker", "context", "create", "elsewhere", "--docker", "host=unix:///nowhere/docker.sock"]
    subprocess.run(create, **docker_cli)  # type: ignore[call-overload]
    assert ask_an_engine(DOCKER_CONFIG=str(tmp_path)) == "it answers"

    subprocess.run(["docker", "context", "use", "elsewhere"], **docker_cli)  # type: ignore[call-overload]

    assert "no Docker engine answers" in ask_an_engine(DOCKER_CONFIG=str(tmp_path))
