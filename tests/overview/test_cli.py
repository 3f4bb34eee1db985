import os
import resource
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.overview.site import make_state
from usage_store.api_tokens import ApiToken, find_token
from usage_store.engine import open_store
from usage_store.schema_delivery import delivered_names
from usermon.secret import Secret
from usermon.state_folder import StateFolder


def overview(state: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "overview", *arguments],
        env={**os.environ, "USERMON_STATE_DIR": str(state), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_token_is_printed_once_and_kept_as_its_digest_alone(tmp_path: Path) -> None:
    result = overview(tmp_path, "token", "grafana", "--scope", "read")
    assert result.returncode == 0
    secret = result.stdout.strip()
    assert len(secret) == 64
    with open_store(StateFolder(tmp_path).default_store_url).reading() as connection:
        assert find_token(connection, Secret(secret)) == ApiToken("grafana", "read")
    everything = b"".join(file.read_bytes() for file in (tmp_path / "store").iterdir())
    assert secret.encode() not in everything


def test_a_new_token_of_the_same_name_replaces_the_old_one(tmp_path: Path) -> None:
    old = overview(tmp_path, "token", "grafana").stdout.strip()
    sources = ("--source", "local", "--source", "cryo")
    new = overview(tmp_path, "token", "grafana", "--scope", "ingest", *sources).stdout.strip()
    with open_store(StateFolder(tmp_path).default_store_url).reading() as connection:
        assert find_token(connection, Secret(old)) is None
        found = find_token(connection, Secret(new))
    assert found == ApiToken("grafana", "ingest", frozenset({"local", "cryo"}))


def test_a_host_and_backups_are_handed_over_to_another_source(tmp_path: Path) -> None:
    names = ("--host", "calc-01", "--backups", "alder", "n1")
    assert overview(tmp_path, "hand-over", "node2", *names).returncode == 0
    assert overview(tmp_path, "hand-over", "node2").returncode == 2
    with open_store(StateFolder(tmp_path).default_store_url).reading() as connection:
        rows = {tuple(row) for row in connection.execute(select(delivered_names))}
    assert rows == {("hosts", "calc-01", "", "node2"), ("backups", "alder", "n1", "node2")}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--scope", "ingest"), "bound to its sources, and none is named"),
        (("--scope", "read", "--source", "local"), "a token of scope read delivers nothing"),
        (("--scope", "ingest", "--source", "../x"), "not a name of a source"),
    ],
)
def test_a_token_to_deliver_names_its_sources_and_no_other_does(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = overview(tmp_path, "token", "node1", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr
    assert "fix: " in result.stderr


def test_a_name_that_is_none_is_refused_with_a_remedy(tmp_path: Path) -> None:
    result = overview(tmp_path, "token", "../x")
    assert result.returncode == 2
    assert "error: not a name for a token" in result.stderr
    assert "fix: " in result.stderr


def test_wrong_use_is_told_in_two_lines(tmp_path: Path) -> None:
    result = overview(tmp_path, "token", "grafana", "--scope", "bad")
    assert (result.returncode, result.stdout) == (2, "")
    error, fix = result.stderr.splitlines()
    assert error.startswith("error: Invalid value for '--scope': 'bad' is not one of ")
    assert fix == "fix: `usermon-overview token --help` shows how it is called."
    assert not (tmp_path / "store").exists()


def test_without_a_command_it_shows_what_it_can_do(tmp_path: Path) -> None:
    result = overview(tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: usermon-overview [OPTIONS] COMMAND")


def test_a_wrong_setting_is_refused_by_name(tmp_path: Path) -> None:
    result = overview(tmp_path, "serve", USERMON_OVERVIEW_PORT="eighty")
    assert result.returncode == 2
    assert "USERMON_OVERVIEW_PORT" in result.stderr


def test_it_serves_until_it_is_told_to_stop_and_says_when_its_port_is_taken(tmp_path: Path) -> None:
    make_state(tmp_path)
    port = free_port()
    environment = {**os.environ, "USERMON_STATE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "overview", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            assert any("serving the overview" in line for line in server.stderr)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
            second = overview(tmp_path, "serve", "--port", str(port))
            assert second.returncode == 1
            assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
        finally:
            server.terminate()
        assert server.wait(timeout=30) == 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_store_is_copied_into_another_database(tmp_path: Path) -> None:
    secret = overview(tmp_path, "token", "grafana").stdout.strip()
    url_file = tmp_path / "url"
    url_file.write_text(f"sqlite:///{tmp_path / 'other.db'}\n")

    result = overview(tmp_path, "copy-store", "--to-file", str(url_file))

    assert result.returncode == 0
    assert "api_tokens: 1\n" in result.stderr
    assert "rows in" in result.stdout
    with open_store(f"sqlite:///{tmp_path / 'other.db'}").reading() as connection:
        assert find_token(connection, Secret(secret)) == ApiToken("grafana", "read")
    again = overview(tmp_path, "copy-store", "--to-file", str(url_file))
    assert (again.returncode, again.stdout) == (2, "")
    assert "the target holds rows already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the target"),
        (("--from", "sqlite:////nowhere/x.db", "--to", "sqlite:////nowhere/y.db"), "no store /nowhere/x.db"),
    ],
)
def test_a_copy_without_source_or_target_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = overview(tmp_path, "copy-store", *arguments)
    assert result.returncode in (1, 2)
    assert told in result.stderr
    assert "fix: " in result.stderr


def test_hundreds_of_open_connections_keep_nobody_out(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "overview", "serve", "--port", str(port)],
        env={**os.environ, "USERMON_STATE_DIR": str(state.root)},
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 2048)),
    )
    idle: list[socket.socket] = []
    try:
        assert server.stderr is not None
        while b"serving the overview" not in (line := server.stderr.readline()):
            assert line, "it ended"
        for _ in range(300):
            idle.append(socket.create_connection(("127.0.0.1", port), 10))
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/ingest/sources", timeout=20)
    finally:
        for connection in idle:
            connection.close()
        server.terminate()
        server.communicate(timeout=30)
