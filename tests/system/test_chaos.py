"""What goes wrong at a facility: nothing is lost, ports and passwords stay."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from benchmarks.facility import Facility, answers_after_login, facility, some_users
from tests.system.private_engine import PrivateEngine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600)]

USERS = some_users(3)


@pytest.fixture
def place() -> Iterator[Facility]:
    """Where nothing was started yet."""
    with facility(USERS, samples=20) as made:
        yield made


@pytest.fixture(scope="module")
def lasting() -> Iterator[Facility]:
    with facility(USERS, samples=20) as made:
        yield made


@pytest.fixture
def standing(lasting: Facility) -> Facility:
    """With a dashboard of each user. One place for all tests, and mended before each."""
    lasting.list_users(USERS)
    lasting.up()
    strangers = sorted(set(lasting.status()) - set(USERS))
    if strangers:
        lasting.orchestrator("forget", "--yes", *strangers)
    return lasting


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.3)


def containers_of(place: Facility, user: str | None = None) -> list[Container]:
    engine = docker.from_env()
    deployment = (place.state / "deployment").read_text(encoding="utf-8").strip()
    labels = [f"org.usermon.deployment={deployment}"] + ([f"org.usermon.user={user}"] if user else [])
    found: list[Container] = engine.containers.list(all=True, filters={"label": labels})
    return found


def all_answer(place: Facility) -> None:
    passwords = place.passwords()
    for user, dashboard in place.status().items():
        answers_after_login(dashboard["port"], user, passwords[user])


def ports(place: Facility) -> dict[str, int]:
    return {user: dashboard["port"] for user, dashboard in place.status().items()}


def test_up_killed_half_way_is_finished_by_the_next_up(place: Facility) -> None:
    process = place.begin("up", str(place.users_list), "--parallel", "1")
    try:
        wait_for(lambda: (place.state / "deployment").exists() and len(containers_of(place)) >= 2)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    passwords = place.passwords()
    answer = place.up()
    assert [d["state"] for d in answer["dashboards"]] == ["ready"] * len(USERS)
    assert {user: place.passwords()[user] for user in passwords} == passwords
    all_answer(place)


def test_up_killed_at_its_very_first_steps_loses_no_password(place: Facility) -> None:
    for delay in (0.4, 0.8, 1.2):
        process = place.begin("up", str(place.users_list))
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    place.up()
    all_answer(place)


def test_a_container_removed_by_hand_comes_back_as_it_was(standing: Facility) -> None:
    ports_before, passwords_before = ports(standing), standing.passwords()
    (container,) = containers_of(standing, USERS[1])
    container.remove(force=True)
    answer = standing.up()
    assert {d["user"]: d["action"] for d in answer["dashboards"]} == {
        user: "start" if user == USERS[1] else "keep" for user in USERS
    }
    assert ports(standing) == ports_before
    assert standing.passwords() == passwords_before
    all_answer(standing)


def test_two_ups_at_once_end_as_one(place: Facility) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(
            pool.map(
                lambda _: place.orchestrator("up", str(place.users_list), "--json", check=False), range(2)
            )
        )
    # The second waits, or says who holds the lock.
    assert any(result.returncode == 0 for result in both)
    for result in both:
        assert result.returncode == 0 or "lock" in result.stderr or "another" in result.stderr
    assert len(set(ports(place).values())) == len(USERS)
    all_answer(place)


def test_up_again_changes_nothing(standing: Facility) -> None:
    before = {container.id for container in containers_of(standing)}
    files_before = {path: path.stat().st_mtime_ns for path in (standing.state / "secrets").rglob("*")}
    assert {d["action"] for d in standing.up()["dashboards"]} == {"keep"}
    assert {container.id for container in containers_of(standing)} == before
    assert {path: path.stat().st_mtime_ns for path in (standing.state / "secrets").rglob("*")} == files_before


def test_reordered_and_changed_lists_move_no_port(standing: Facility) -> None:
    before = ports(standing)
    standing.list_users(["newcomer", *reversed(USERS[1:])])
    answer = standing.up()
    assert answer["orphans"], "who left the list is named"
    after = ports(standing)
    assert {user: after[user] for user in USERS[1:]} == {user: before[user] for user in USERS[1:]}
    assert after["newcomer"] not in before.values()
    assert containers_of(standing, USERS[0]), "orphans stay without --remove-orphans"


def test_a_lost_store_gets_its_ports_back_from_the_containers(standing: Facility) -> None:
    before, passwords = ports(standing), standing.passwords()
    # As on a morning after a disk failure: the programs that hold the file open are gone too.
    for container in containers_of(standing):
        if container.labels["org.usermon.role"] != "dashboard":
            container.remove(force=True)
    shutil.rmtree(standing.state / "store")
    standing.list_users(list(reversed(USERS)))
    standing.up()
    assert ports(standing) == before
    assert standing.passwords() == passwords


def test_watch_follows_the_list_and_mends(standing: Facility) -> None:
    watching = standing.begin("watch", str(standing.users_list))
    try:
        standing.list_users([*USERS, "latecomer"])
        wait_for(lambda: standing.status().get("latecomer", {}).get("state") == "ready", 90)
        (container,) = containers_of(standing, USERS[0])
        container.remove(force=True)
        wait_for(lambda: standing.status().get(USERS[0], {}).get("state") == "ready", 90)
        all_answer(standing)
    finally:
        watching.terminate()
        _, log = watching.communicate(timeout=30)
    assert watching.returncode == 0, log


@pytest.fixture
def private_engine() -> Iterator[PrivateEngine]:
    # A short path: a socket's has 107 bytes.
    folder = Path("/tmp") / f"usermon-engine-{os.getpid()}"
    folder.mkdir()
    engine = PrivateEngine(folder, f"usermon-{os.getpid()}")
    engine.make_namespace()
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()
        engine.remove_namespace()
        shutil.rmtree(folder, ignore_errors=True)


def test_an_engine_that_restarts_under_watch_changes_nothing(
    private_engine: PrivateEngine, tmp_path: Path
) -> None:
    private_engine.copy_image(_newest_tag("usermon-user-dashboard"))
    with facility(USERS[:2], samples=20) as outer:
        place = Facility(
            outer.root,
            outer.users,
            outer.base_port,
            {"DOCKER_HOST": private_engine.url},
            private_engine.inside,
        )
        place.up("--dashboards-only")
        passwords, ports_before = place.passwords(), ports(place)
        watching = place.begin("watch", str(place.users_list), "--dashboards-only")
        try:
            time.sleep(3)
            private_engine.restart()
            wait_for(lambda: {d["state"] for d in place.status().values()} == {"ready"}, 120)
            # It goes on watching: what is removed now still comes back.
            private_engine.run("rm", "--force", place.status()[USERS[0]]["container"])
            wait_for(lambda: place.status().get(USERS[0], {}).get("state") == "ready", 120)
        finally:
            watching.terminate()
            _, log = watching.communicate(timeout=60)
        assert watching.returncode == 0, log
        assert (place.passwords(), ports(place)) == (passwords, ports_before)
        place.orchestrator("down")


def _newest_tag(image: str) -> str:
    listed = subprocess.run(
        ["docker", "image", "ls", "--format", "{{json .}}", image], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    newest = json.loads(listed[0])
    return f"{newest['Repository']}:{newest['Tag']}"
