"""The engine's tool, on this machine's engine and on machines that seem to have none."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY
from tests.tools.conftest import RunTool

TOOL = REPOSITORY / "tools" / "ensure-engine"


@pytest.mark.docker
def test_where_an_engine_answers_nothing_happens(run_tool: RunTool) -> None:
    for _ in range(2):
        done = run_tool("ensure-engine")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_engine_elsewhere_is_not_ours_to_start(run_tool: RunTool) -> None:
    done = run_tool("ensure-engine", DOCKER_HOST="unix:///nowhere/docker.sock")

    assert done.returncode == 1
    assert "no engine answers at DOCKER_HOST=unix:///nowhere/docker.sock" in done.stderr
    assert "fix: Start that engine, or unset DOCKER_HOST" in done.stderr


def test_an_engine_of_another_context_is_not_ours_to_start(run_tool: RunTool, tmp_path: Path) -> None:
    settings = {"env": os.environ | {"DOCKER_CONFIG": str(tmp_path)}, "check": True, "capture_output": True}
    create = ["docker", "context", "create", "elsewhere", "--docker", "host=unix:///nowhere/docker.sock"]
    subprocess.run(create, **settings)  # type: ignore[call-overload]
    subprocess.run(["docker", "context", "use", "elsewhere"], **settings)  # type: ignore[call-overload]

    done = run_tool("ensure-engine", DOCKER_CONFIG=str(tmp_path))

    assert done.returncode == 1
    assert "no engine answers in the Docker context 'elsewhere'" in done.stderr


# A machine of its own: nobody's engine is seen, and what is started disappears with it.
ALONE = (
    "unshare",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--mount-proc",
    "--propagation",
    "private",
    "sh",
    "-euc",
)
EMPTY = "mount -t tmpfs none /run; mount -t tmpfs none /var/lib/docker; ip link set lo up; "


@pytest.mark.docker
def test_a_daemon_is_started_where_none_runs(run_tool: RunTool) -> None:
    script = f"""{EMPTY}
        export USERMON_ENGINE_LOG=/run/dockerd.log
        {TOOL}
        docker version --format 'answers {{{{.Server.Version}}}}'
        {TOOL} && echo again
        test -s /run/dockerd.log && echo logged
    """

    done = subprocess.run([*ALONE, script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    answers, *rest = done.stdout.splitlines()
    assert answers.startswith("answers ")
    assert rest == ["again", "logged"]
    said = done.stderr.splitlines()
    assert [line for line in said if line.startswith("ensure-engine")] == [
        "ensure-engine: starting dockerd; its log is /run/dockerd.log",
        "ensure-engine: the engine answers",
    ]


@pytest.mark.docker
def test_the_number_of_a_daemon_that_crashed_is_no_hindrance() -> None:
    # As after a crash: process 1 is some other program.
    script = f"""{EMPTY}
        export USERMON_ENGINE_LOG=/run/dockerd.log
        echo 1 >/run/docker.pid
        {TOOL}
        docker ps --quiet && echo answers
    """

    done = subprocess.run([*ALONE, script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "answers\n"), done.stderr


def test_a_daemon_that_cannot_start_is_quoted() -> None:
    # A read-only folder for its data.
    script = f"""{EMPTY}
        export USERMON_ENGINE_LOG=/run/dockerd.log
        mount -o remount,ro /var/lib/docker
        {TOOL}
    """

    done = subprocess.run(
        [*ALONE, script.replace("{TOOL}", str(TOOL))], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "read-only file system" in done.stderr
    assert "error: dockerd does not start" in done.stderr


def test_somebody_without_rights_is_told_whom_to_ask() -> None:
    drop = "setpriv --reuid 65534 --regid 65534 --clear-groups"
    script = f"""{EMPTY}
        {drop} {TOOL} || echo "code $?"
        mkdir -p /run && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/docker.sock")'
        chmod 660 /run/docker.sock
        {drop} {TOOL} || echo "code $?"
    """

    done = subprocess.run([*ALONE, script], capture_output=True, text=True, check=False)

    assert done.stdout == "code 1\ncode 1\n", done.stderr
    nothing_there, closed = done.stderr.split("error: ")[1:]
    assert "only root may install and start one" in nothing_there
    assert "you may not speak with it" in closed
    assert "usermod -aG docker" in closed
