"""`orchestrator up` on a real engine."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable

import pytest

from orchestrator.passwords import password_matches
from tests.orchestrator.real_engine import Place, actions
from usermon.secret import Secret

pytestmark = pytest.mark.docker


def test_everybody_in_the_list_gets_a_dashboard_a_port_and_a_password(place: Place) -> None:
    answer = place.up()
    assert [(d["user"], d["port"], d["action"], d["state"]) for d in answer["dashboards"]] == [
        ("alice", place.base_port, "start", "ready"),
        ("bob", place.base_port + 1, "start", "ready"),
        ("charlie", place.base_port + 2, "start", "ready"),
    ]
    assert answer["credentials_file"] == str(place.state / "credentials.csv")
    for user, password in place.passwords().items():
        if user != "(admin)":
            encoded = (place.state / "secrets" / user / "password-hash").read_text().strip()
            assert password_matches(encoded, Secret(password))


def test_run_again_it_changes_nothing(standing: Place) -> None:
    standing.up()
    before = {c.id for c in standing.containers().values()}
    files = {path: path.stat().st_mtime_ns for path in standing.state.rglob("*") if path.name != "lock"}
    assert set(actions(standing.up()).values()) == {"keep"}
    assert {c.id for c in standing.containers().values()} == before
    after = {path: path.stat().st_mtime_ns for path in standing.state.rglob("*") if path.name != "lock"}
    assert {p: t for p, t in after.items() if "store" not in p.parts} == {
        p: t for p, t in files.items() if "store" not in p.parts
    }


def test_a_dry_run_tells_what_would_be_done_and_makes_nothing(standing: Place, place: Place) -> None:
    answer = place.up("--dry-run", expect=3)
    assert actions(answer) == {"alice": "start", "bob": "start", "charlie": "start"}
    assert not place.state.exists()
    assert set(actions(standing.up("--dry-run")).values()) == {"keep"}
    longer = place.root / "longer.txt"
    longer.write_text("alice\nbob\ndave\n", encoding="utf-8")
    told = standing.run("up", str(longer), "--dashboards-only", "--dry-run", "--json")
    assert told.returncode == 3
    assert actions(json.loads(told.stdout)) == {"alice": "keep", "bob": "keep", "dave": "start"}
    assert "dave" not in standing.containers()


def test_names_that_are_none_are_told_and_never_reach_the_engine(place: Place) -> None:
    place.list_users("alice", "../etc", "a;rm")
    answer = place.up()
    assert actions(answer) == {"alice": "start"}
    assert [(r["file"], r["line"], r["text"]) for r in answer["rejected"]] == [
        (str(place.users_list), 2, "../etc"),
        (str(place.users_list), 3, "a;rm"),
    ]


def test_one_users_failure_is_told_with_its_last_words_and_stops_nobody_else(place: Place) -> None:
    place.list_users("alice", "crasher", "charlie")
    done = place.run("up", str(place.users_list), "--dashboards-only", "--json")
    assert done.returncode == 1
    states = {d["user"]: (d["state"], d["error"]) for d in json.loads(done.stdout)["dashboards"]}
    assert states["alice"] == states["charlie"] == ("ready", None)
    assert states["crasher"][0] == "failed"
    assert "something is missing here" in states["crasher"][1]
    assert "error: crasher:" in done.stderr
    assert "fix: `orchestrator logs crasher`" in done.stderr


def test_a_dashboard_that_never_answers_is_given_up_after_a_while(place: Place) -> None:
    place.list_users("silent")
    place.settings["USERMON_READY_SECONDS"] = "2"
    (silent,) = place.up(expect=1)["dashboards"]
    assert silent["error"] == "gave no answer within 2 s"


def test_what_was_removed_stopped_or_has_other_settings_is_mended(place: Place) -> None:
    place.up()
    before = place.status()
    containers = place.containers()
    containers["alice"].remove(force=True)
    containers["bob"].stop(timeout=1)
    assert actions(place.up()) == {"alice": "start", "bob": "start", "charlie": "keep"}
    place.settings["USERMON_MEMORY"] = "100m"
    answer = place.up()
    assert {(d["action"], d["cause"]) for d in answer["dashboards"]} == {
        ("replace", "runs with older settings")
    }
    assert place.containers()["bob"].attrs["HostConfig"]["Memory"] == 100 << 20
    assert {u: d["port"] for u, d in place.status().items()} == {u: d["port"] for u, d in before.items()}


def test_a_new_image_replaces_what_runs(place: Place) -> None:
    place.list_users("alice")
    place.up()
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", "usermon-tests-newer", "-"],
        input=f"FROM {place.environment['USERMON_IMAGE']}\nLABEL newer=1\n",
        text=True,
        capture_output=True,
        check=True,
    )
    place.settings["USERMON_IMAGE"] = "usermon-tests-newer"
    answer = place.up()
    assert {(d["action"], d["cause"]) for d in answer["dashboards"]} == {("replace", "runs an older image")}


def test_who_left_the_list_is_named_and_goes_only_when_told_to(place: Place) -> None:
    place.up()
    port, password = place.status()["bob"]["port"], place.passwords()["bob"]
    place.list_users("charlie", "alice")
    answer = place.up()
    assert answer["orphans"] == ["bob"]
    assert place.containers()["bob"].status == "running"
    assert actions(place.up("--remove-orphans"))["bob"] == "stop"
    assert "bob" not in place.containers()
    place.list_users("charlie", "dave", "bob", "alice")
    place.up()
    assert place.status()["bob"]["port"] == port
    assert place.passwords()["bob"] == password


def test_a_list_that_was_cut_short_or_emptied_is_refused(place: Place) -> None:
    place.up()
    place.list_users("alice")
    refused = place.run("up", str(place.users_list), "--dashboards-only")
    assert (refused.returncode, "--allow-shrink" in refused.stderr) == (2, True)
    place.list_users()
    refused = place.run("up", str(place.users_list), "--dashboards-only")
    assert (refused.returncode, "--allow-empty" in refused.stderr) == (2, True)
    assert len(place.containers()) == 3
    place.up("--allow-empty", "--allow-shrink", "--remove-orphans")
    assert place.containers() == {}


def test_a_port_that_another_program_holds_is_skipped_for_newcomers(place: Place) -> None:
    with socket.create_server(("", place.base_port + 1)):
        place.up()
    assert [d["port"] - place.base_port for d in place.status().values()] == [0, 2, 3]


def test_a_held_port_of_an_old_user_is_told_with_its_holder_and_stays_theirs(place: Place) -> None:
    place.list_users("alice", "bob")
    place.up()
    place.run("down", "bob")
    with socket.create_server(("", place.base_port + 1)):
        done = place.run("up", str(place.users_list), "--dashboards-only")
        assert done.returncode == 1
        assert f"port {place.base_port + 1} is taken by" in done.stderr
        assert f"(pid {os.getpid()})" in done.stderr
    place.up()
    assert place.status()["bob"]["port"] == place.base_port + 1


def test_two_at_once_end_as_one(place: Place) -> None:
    place.list_users("alice", "bob")
    arguments = ("up", str(place.users_list), "--dashboards-only", "--json")
    both = [place.begin(*arguments), place.begin(*arguments)]
    outputs = [process.communicate(timeout=100) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    done = sorted(tuple(actions(json.loads(out)).values()) for out, _ in outputs)
    assert done == [("keep", "keep"), ("start", "start")]
    assert any("waiting for `up`" in log for _, log in outputs)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_ended_half_way_the_next_run_finishes_and_no_password_changes(
    place: Place, end: signal.Signals
) -> None:
    place.list_users("alice", "bob")
    process = place.begin("up", str(place.users_list), "--dashboards-only", "--parallel", "1")
    deadline = time.monotonic() + 60
    while not (place.state / "deployment").exists() or not place.containers():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(end)
    _, log = process.communicate(timeout=60)
    if end is signal.SIGTERM:
        assert process.returncode == 130
        assert "error: interrupted" in log
    passwords = place.passwords()
    assert {d["state"] for d in place.up()["dashboards"]} == {"ready"}
    assert place.passwords() == passwords


def test_a_lost_store_gets_its_ports_back_from_what_runs(place: Place) -> None:
    place.list_users("alice", "bob")
    place.up()
    before = {user: d["port"] for user, d in place.status().items()}
    for path in (place.state / "store").iterdir():
        path.unlink()
    place.list_users("newcomer", "bob", "alice")
    place.up()
    after = {user: d["port"] for user, d in place.status().items()}
    assert {user: after[user] for user in before} == before
    assert after["newcomer"] not in before.values()


def test_deployments_on_one_engine_leave_each_other_alone(make_place: Callable[[], Place]) -> None:
    ours, theirs = make_place(), make_place()
    for place in (ours, theirs):
        place.list_users("alice")
        place.up()
    assert actions(ours.up("--remove-orphans")) == {"alice": "keep"}
    ours.run("down")
    assert ours.containers() == {}
    assert theirs.containers()["alice"].status == "running"


def test_without_images_it_says_how_to_get_them(place: Place) -> None:
    place.settings["USERMON_IMAGE"] = "usermon-tests-nothing-of-that-name"
    done = place.run("up", str(place.users_list), "--dashboards-only")
    assert done.returncode == 1
    assert "fix: `orchestrator build`" in done.stderr
    assert not (place.state / "credentials.csv").exists()


def test_without_an_engine_it_says_how_to_get_one(place: Place) -> None:
    place.settings["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
    done = place.run("up", str(place.users_list), "--dashboards-only")
    assert done.returncode == 1
    assert "fix: `tools/ensure-engine`" in done.stderr
