"""Folders and keys of each account."""

from pathlib import Path

import pytest

from orchestrator.owner import Owner
from orchestrator.secret_files import ensure_keys, read_secret
from orchestrator.state_files import prepare_state_folder
from usermon.signed_links import LinkChecker, derive_link_key, make_link_token
from usermon.state_folder import LINK_KEY, SESSION_KEY, StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path / "state")


@pytest.fixture
def owner(state: StateFolder) -> Owner:
    return prepare_state_folder(state)


def test_every_account_has_keys_of_its_own(state: StateFolder, owner: Owner) -> None:
    ensure_keys(state, owner, ["alice", "bob"])
    folders = (state.admin_folder, state.secrets_folder("alice"), state.secrets_folder("bob"))
    keys = [read_secret(folder / name) for folder in folders for name in (SESSION_KEY, LINK_KEY)]
    assert len(set(keys)) == 6


def test_links_of_the_admin_open_the_users_dashboard_and_no_other(state: StateFolder, owner: Owner) -> None:
    ensure_keys(state, owner, ["alice", "bob"])
    master = read_secret(state.admin_folder / LINK_KEY)
    token = make_link_token(derive_link_key(master, "alice"), now=1000.0)
    bobs, alices = (read_secret(state.secrets_folder(user) / LINK_KEY) for user in ("bob", "alice"))
    assert not LinkChecker(started_at=0.0).accept(bobs, token, now=1001.0)
    assert LinkChecker(started_at=0.0).accept(alices, token, now=1001.0)


def test_keys_that_exist_stay(state: StateFolder, owner: Owner) -> None:
    ensure_keys(state, owner, ["alice"])
    before = {path: path.stat().st_ino for path in state.root.rglob("*-key")}
    ensure_keys(state, owner, ["alice", "bob"])
    assert {path: path.stat().st_ino for path in before} == before


def test_with_the_admins_folder_lost_links_work_again_after_the_next_up(
    state: StateFolder, owner: Owner
) -> None:
    ensure_keys(state, owner, ["alice"])
    (state.admin_folder / LINK_KEY).unlink()
    ensure_keys(state, owner, ["alice"])
    master = read_secret(state.admin_folder / LINK_KEY)
    assert read_secret(state.secrets_folder("alice") / LINK_KEY) == derive_link_key(master, "alice")


def test_nobody_else_may_look_into_the_folders(state: StateFolder, owner: Owner) -> None:
    ensure_keys(state, owner, ["alice"])
    for folder in (
        state.secrets_folder("alice"),
        state.published_folder("alice"),
        state.all_secrets_folder,
        state.admin_folder,
        state.store_folder,
    ):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


def test_widened_modes_are_narrowed_again(state: StateFolder, owner: Owner) -> None:
    ensure_keys(state, owner, ["alice"])
    key = state.secrets_folder("alice") / SESSION_KEY
    key.chmod(0o644)
    state.secrets_folder("alice").chmod(0o755)
    ensure_keys(state, owner, ["alice"])
    assert key.stat().st_mode & 0o777 == 0o400
    assert state.secrets_folder("alice").stat().st_mode & 0o777 == 0o700
