"""The other subcommands, on a real engine."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import docker
import pytest
from click.testing import CliRunner

from orchestrator.cli import COMMANDS, cli
from orchestrator.passwords import password_matches
from orchestrator.secret_files import read_secret
from tests.orchestrator.real_engine import Place
from usermon.secret import Secret
from usermon.signed_links import LinkChecker

pytestmark = pytest.mark.docker


@pytest.fixture
def up(place: Place) -> Place:
    """Dashboards of alice and bob."""
    place.list_users("alice", "bob")
    place.up()
    return place


def in_force(place: Place, user: str, password: str) -> bool:
    encoded = (place.state / "secrets" / user / "password-hash").read_text().strip()
    return password_matches(encoded, Secret(password))


def test_status_tells_where_everybody_is_and_how_much_they_take(standing: Place) -> None:
    alice = standing.status()["alice"]
    assert alice["state"] == "ready"
    assert alice["url"] == f"http://localhost:{standing.base_port}/"
    assert alice["image"] == standing.environment["USERMON_IMAGE"]
    assert alice["container"] == str(standing.containers()["alice"].id)[:12]
    assert alice["memory_bytes"] > 1_000_000
    started = standing.containers()["alice"].attrs["State"]["StartedAt"]
    assert abs(datetime.fromisoformat(started[:19] + "Z").timestamp() - alice["started_at"]) <= 1
    text = standing.run("status", "alice").stdout
    assert "alice" in text
    assert "bob" not in text


def test_down_removes_the_containers_and_keeps_ports_passwords_and_data(up: Place) -> None:
    passwords = up.passwords()
    (up.state / "published" / "alice" / "storage.json").write_text("{}")
    assert up.run("down", "bob").returncode == 0
    assert list(up.containers()) == ["alice"]
    assert up.run("down").returncode == 0
    assert up.containers() == {}
    assert {d["state"] for d in up.status().values()} == {"stopped"}
    assert not [n for n in docker.from_env().networks.list() if deployment(up) in str(n.name)]
    assert up.passwords() == passwords
    assert (up.state / "published" / "alice" / "storage.json").exists()


def deployment(place: Place) -> str:
    return (place.state / "deployment").read_text(encoding="utf-8").strip()


def test_down_again_is_fine_and_so_is_down_before_the_first_up(place: Place, up: Place) -> None:
    assert up.run("down").returncode == 0
    again = up.run("down")
    assert (again.returncode, again.stdout) == (0, "nothing runs\n")


def test_nothing_was_ever_started(make_place: Callable[[], Place]) -> None:
    place = make_place()
    assert place.run("down").returncode == 0
    status = place.run("status")
    assert status.returncode == 2
    assert "fix: `orchestrator up LIST`" in status.stderr
    assert not place.state.exists()


def test_a_user_that_nobody_knows_is_named(standing: Place) -> None:
    for command in ("down", "restart", "status", "logs", "passwd", "open-as"):
        done = standing.run(command, "nobody")
        assert done.returncode == 2, command
        assert "error: no dashboard is known for 'nobody'" in done.stderr
    assert standing.run("forget", "--yes", "nobody").returncode == 2


def test_passwd_takes_effect_without_a_restart(standing: Place) -> None:
    before = standing.containers()["alice"].attrs["State"]["StartedAt"]
    old = standing.passwords()["alice"]
    new = standing.run("passwd", "alice").stdout.strip()
    assert in_force(standing, "alice", new)
    assert not in_force(standing, "alice", old)
    assert standing.containers()["alice"].attrs["State"]["StartedAt"] == before
    # The container sees the new file: folders are mounted, not files. Engines lose the output
    # of commands that end at once, and no exit codes.
    written = (standing.state / "secrets" / "alice" / "password-hash").read_bytes()
    same = f"echo '{hashlib.sha256(written).hexdigest()}  /run/usermon/password-hash' | sha256sum --check"
    assert standing.containers()["alice"].exec_run(["bash", "-c", same]).exit_code == 0
    assert standing.up()["dashboards"][0]["action"] == "keep"
    assert in_force(standing, "alice", new)


def test_passwd_takes_a_password_from_standard_input_and_does_not_repeat_it(standing: Place) -> None:
    done = standing.run("passwd", "bob", "--stdin", stdin="correct horse\n")
    assert done.returncode == 0
    assert in_force(standing, "bob", "correct horse")
    assert "correct horse" not in done.stdout + done.stderr
    assert "bob" not in standing.passwords()


def test_a_password_that_is_too_short_is_refused_without_repeating_it(standing: Place) -> None:
    done = standing.run("passwd", "alice", "--stdin", stdin="short\n")
    assert done.returncode == 2
    assert "short" not in done.stderr.replace("8 printable", "")
    assert in_force(standing, "alice", standing.passwords()["alice"])


def test_the_admin_password_changes_too(standing: Place) -> None:
    new = standing.run("passwd", "--admin").stdout.strip()
    assert password_matches((standing.state / "admin" / "password-hash").read_text().strip(), Secret(new))
    assert standing.passwords()["(admin)"] == new


def test_open_as_prints_a_link_that_the_dashboard_accepts_once(standing: Place) -> None:
    answer = json.loads(standing.run("open-as", "alice", "--json").stdout)
    url, _, token = answer["url"].partition("?token=")
    assert url == f"http://localhost:{standing.base_port}/open-as"
    checker = LinkChecker(started_at=time.time() - 60)
    key = read_secret(standing.state / "secrets" / "alice" / "link-key")
    assert not checker.accept(
        read_secret(standing.state / "secrets" / "bob" / "link-key"), token, time.time()
    )
    assert checker.accept(key, token, time.time())
    assert not checker.accept(key, token, time.time())


def test_logs_are_those_of_the_container(standing: Place) -> None:
    assert standing.run("logs", "alice").stdout == "listening\n"


def test_logs_follow_until_interrupted(standing: Place) -> None:
    process = standing.begin("logs", "alice", "--follow")
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    process.terminate()
    process.communicate(timeout=30)


def test_restart_makes_a_new_container_with_the_same_port(up: Place) -> None:
    before = up.containers()
    assert up.run("restart", "alice").returncode == 0
    after = up.containers()
    assert after["alice"].id != before["alice"].id
    assert after["bob"].id == before["bob"].id
    assert up.status()["alice"]["port"] == up.base_port


def test_forget_asks_first(standing: Place) -> None:
    done = standing.run("forget", "alice")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert "alice" in standing.containers()


def test_forget_removes_everything_of_a_user_who_starts_anew_on_return(up: Place) -> None:
    old = up.passwords()["alice"]
    assert up.run("forget", "alice", "--yes").returncode == 0
    assert list(up.containers()) == ["bob"]
    assert "alice" not in up.passwords()
    assert "alice" not in up.status()
    assert not (up.state / "secrets" / "alice").exists()
    assert not (up.state / "published" / "alice").exists()
    up.up()
    assert up.status()["alice"]["port"] == up.base_port
    assert up.passwords()["alice"] != old


def test_wrong_use_and_wrong_settings_end_with_2_and_say_what_to_do(place: Place) -> None:
    place.settings["USERMON_BASE_PORT"] = "many"
    for arguments in (("up",), ("up", "--lists"), ("nonsense",), ("up", str(place.users_list))):
        done = place.run(*arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith("error: ")
        assert "fix: " in done.stderr


def test_every_subcommand_has_help() -> None:
    runner = CliRunner()
    listed = runner.invoke(cli, ["--help"]).stdout
    for command in COMMANDS:
        assert f"  {command} " in listed
        shown = runner.invoke(cli, [command, "--help"])
        assert shown.exit_code == 0
        assert f"{command} [OPTIONS]" in shown.stdout


def test_reconcile_writes_three_lists(place: Place) -> None:
    (place.root / "local.txt").write_text("alice\nbob\n")
    (place.root / "cryo.txt").write_text("alice\ncharlie\na b\n")
    done = place.run(
        "users", "reconcile", "--local", "local.txt", "--cryo", "cryo.txt", "--out", "lists", "--json"
    )
    answer = json.loads(done.stdout)
    assert (answer["both"], answer["local_only"], answer["cryo_only"]) == (["alice"], ["bob"], ["charlie"])
    assert answer["rejected"] == [{"file": "cryo.txt", "line": 3, "text": "a b", "reason": "blank inside"}]
    assert (place.root / "lists" / "both.txt").read_text() == "alice\n"


def test_doctor_finds_a_healthy_place_healthy(standing: Place) -> None:
    place = replace(standing, settings={"USERMON_SERVICES_IMAGE": standing.environment["USERMON_IMAGE"]})
    done = place.run("doctor", str(place.users_list), "--json")
    checks = {check["name"]: check["level"] for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0
    assert checks["engine"] == checks["images"] == checks["ports"] == checks["state folder"] == "ok"


def test_doctor_names_what_is_wrong_and_how_to_mend_it(standing: Place, tmp_path: Path) -> None:
    config = tmp_path / "usermon.toml"
    config.write_text('[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "quota"\n')
    image = "usermon-tests-nothing-of-that-name"
    place = replace(standing, settings={"USERMON_SERVICES_IMAGE": image, "USERMON_CONFIG": str(config)})
    done = place.run("doctor")
    assert done.returncode == 1
    assert "FAILED  images: the engine has no image usermon-tests-nothing-of-that-name" in done.stdout
    assert f"FAILED  source local: {tmp_path / 'quota'} is not there" in done.stdout


def test_doctor_without_an_engine_says_how_to_get_one(place: Place) -> None:
    place.settings["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
    done = place.run("doctor")
    assert done.returncode == 1
    assert "FAILED  engine: no Docker engine answers" in done.stdout
    assert "tools/ensure-engine" in done.stdout


def test_a_reader_that_goes_away_early_is_no_error(standing: Place) -> None:
    process = standing.begin("status")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=30) in (0, 1)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
