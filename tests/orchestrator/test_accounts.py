"""As whom the orchestrator works: root, a member of the docker group, somebody else."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestrator.real_engine import Place, actions

pytestmark = pytest.mark.docker

SOCKET = Path("/var/run/docker.sock")
MEMBER, STRANGER = 12_345, 12_346


@pytest.fixture
def members_place(place: Place) -> Iterator[Place]:
    """A place of an account in the docker group: our own one, or, for root, another."""
    if os.geteuid() != 0:
        place.list_users("alice")
        yield place
        return
    # Not in pytest's folder, which it keeps closed to others.
    with tempfile.TemporaryDirectory() as folder:
        usual, place.root = place.root, Path(folder)
        place.root.chmod(0o755)
        place.list_users("alice")
        place.account = (MEMBER, SOCKET.stat().st_gid)
        os.chown(folder, MEMBER, MEMBER)
        yield place
        place.account = None
        place.remove()
        place.root = usual


def test_a_member_of_the_docker_group_needs_no_root(members_place: Place) -> None:
    members_place.up()
    member = MEMBER if os.geteuid() == 0 else os.geteuid()
    for path in members_place.state.rglob("*"):
        assert path.stat().st_uid == member, path
    for container in members_place.containers().values():
        assert container.attrs["Config"]["User"].split(":")[0] == str(member)
    assert set(actions(members_place.up()).values()) == {"keep"}
    assert {d["state"] for d in members_place.status().values()} == {"ready"}
    assert members_place.run("down").returncode == 0
    assert members_place.containers() == {}


def test_root_may_go_on_in_a_members_state_folder_and_back(members_place: Place) -> None:
    members_place.up()
    account, members_place.account = members_place.account, None
    members_place.list_users("alice", "bob")
    answer = members_place.up()
    assert actions(answer) == {"alice": "keep", "bob": "start"}
    members_place.account = account
    assert set(actions(members_place.up()).values()) == {"keep"}


def test_what_root_starts_runs_as_nobodys_account(place: Place) -> None:
    place.list_users("alice")
    place.up()
    expected = "10001:10001" if os.geteuid() == 0 else f"{os.geteuid()}:{place.root.stat().st_gid}"
    assert {c.attrs["Config"]["User"] for c in place.containers().values()} == {expected}


def test_somebody_without_permission_is_told_what_to_do(members_place: Place) -> None:
    if members_place.account is None:
        members_place.settings["DOCKER_HOST"] = f"unix://{_forbidden_socket(members_place.root)}"
    else:
        members_place.account = (STRANGER, STRANGER)
        members_place.settings["USERMON_STATE_DIR"] = str(members_place.root / "other" / "state")
        (members_place.root / "other").mkdir()
        os.chown(members_place.root / "other", STRANGER, STRANGER)
    done = members_place.run("up", str(members_place.users_list), "--dashboards-only")
    assert done.returncode == 1
    assert "you may not speak with it" in done.stderr
    assert "fix: Run this as root, or join the group" in done.stderr


def _forbidden_socket(folder: Path) -> Path:
    path = folder / "forbidden.sock"
    path.touch(mode=0o000)
    return path


def test_somebody_elses_state_folder_is_refused(members_place: Place) -> None:
    members_place.up()
    if members_place.account is None:
        members_place.settings["USERMON_STATE_DIR"] = "/etc"
    else:
        members_place.account = (STRANGER, members_place.account[1])
    done = members_place.run("status")
    assert done.returncode in (1, 2)
    assert "fix: " in done.stderr
    assert "Traceback" not in done.stderr
