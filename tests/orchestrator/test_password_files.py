"""Passwords in the state folder: none is ever lost, none is made twice."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.credentials import ADMIN_ROW, read_credentials
from orchestrator.owner import Owner
from orchestrator.password_files import (
    ensure_passwords,
    forget_credential,
    hash_file_of,
    set_password,
)
from orchestrator.passwords import password_matches
from orchestrator.secret_files import ensure_keys
from orchestrator.state_files import prepare_state_folder
from usermon.secret import Secret
from usermon.state_folder import StateFolder

URLS = {
    ADMIN_ROW: "http://localhost:8080/",
    "alice": "http://localhost:8100/",
    "bob": "http://localhost:8101/",
}


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path / "state")


@pytest.fixture
def owner(state: StateFolder) -> Owner:
    owner = prepare_state_folder(state)
    ensure_keys(state, owner, ["alice", "bob"])
    return owner


@pytest.fixture
def in_force(state: StateFolder) -> Callable[[str, Secret], bool]:
    return lambda account, password: password_matches(
        hash_file_of(state, account).read_text().strip(), password
    )


def test_everybody_gets_a_password_that_is_in_force(
    state: StateFolder, owner: Owner, in_force: Callable[[str, Secret], bool]
) -> None:
    assert ensure_passwords(state, owner, URLS, None) == list(URLS)
    credentials = read_credentials(state.credentials_file)
    assert {c.user: c.url for c in credentials.values()} == URLS
    assert all(in_force(account, c.password) for account, c in credentials.items())
    assert len({c.password for c in credentials.values()}) == 3


def test_a_second_time_changes_nothing(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    before = {path: path.stat().st_mtime_ns for path in state.root.rglob("*")}
    assert ensure_passwords(state, owner, URLS, None) == []
    assert {path: path.stat().st_mtime_ns for path in state.root.rglob("*")} == before


def test_killed_between_clear_text_and_hash_the_same_password_is_completed(
    state: StateFolder, owner: Owner, in_force: Callable[[str, Secret], bool]
) -> None:
    ensure_passwords(state, owner, URLS, None)
    before = read_credentials(state.credentials_file)
    hash_file_of(state, "alice").unlink()
    assert ensure_passwords(state, owner, URLS, None) == []
    assert read_credentials(state.credentials_file) == before
    assert in_force("alice", before["alice"].password)


def test_rows_that_were_handed_out_and_deleted_do_not_come_back(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    state.credentials_file.unlink()
    ensure_passwords(state, owner, URLS, None)
    assert read_credentials(state.credentials_file) == {}


def test_a_new_address_is_noted_and_the_password_stays(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    before = read_credentials(state.credentials_file)["alice"].password
    ensure_passwords(state, owner, {**URLS, "alice": "http://usermon.example.org:8100/"}, None)
    after = read_credentials(state.credentials_file)["alice"]
    assert (after.url, after.password) == ("http://usermon.example.org:8100/", before)


def test_the_admin_password_of_the_settings_is_in_force_and_nowhere_in_clear_text(
    state: StateFolder, owner: Owner, in_force: Callable[[str, Secret], bool]
) -> None:
    ensure_passwords(state, owner, URLS, None)
    chosen = Secret("battery staple")
    ensure_passwords(state, owner, URLS, chosen)
    assert in_force(ADMIN_ROW, chosen)
    assert ADMIN_ROW not in read_credentials(state.credentials_file)
    assert "battery staple" not in state.credentials_file.read_text()


def test_a_generated_new_password_replaces_the_one_that_was_handed_out(
    state: StateFolder, owner: Owner, in_force: Callable[[str, Secret], bool]
) -> None:
    ensure_passwords(state, owner, URLS, None)
    set_password(state, owner, "alice", Secret("new-one-12345"), keep_text=True)
    assert in_force("alice", Secret("new-one-12345"))
    assert read_credentials(state.credentials_file)["alice"].password == Secret("new-one-12345")


def test_a_password_that_a_person_chose_is_not_written_in_clear_text(
    state: StateFolder, owner: Owner, in_force: Callable[[str, Secret], bool]
) -> None:
    ensure_passwords(state, owner, URLS, None)
    set_password(state, owner, "alice", Secret("my own words"), keep_text=False)
    assert in_force("alice", Secret("my own words"))
    assert list(read_credentials(state.credentials_file)) == [ADMIN_ROW, "bob"]


def test_a_forgotten_user_leaves_the_file(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    forget_credential(state, owner, "alice")
    assert list(read_credentials(state.credentials_file)) == [ADMIN_ROW, "bob"]


def test_only_the_containers_account_may_read_a_hash(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    status = hash_file_of(state, "alice").stat()
    assert status.st_mode & 0o777 == 0o400
    expected = owner.containers if os.geteuid() == 0 else (os.geteuid(), status.st_gid)
    assert (status.st_uid, status.st_gid) == expected


def test_a_widened_mode_is_narrowed_again(state: StateFolder, owner: Owner) -> None:
    ensure_passwords(state, owner, URLS, None)
    state.credentials_file.chmod(0o644)
    ensure_passwords(state, owner, URLS, None)
    assert state.credentials_file.stat().st_mode & 0o777 == 0o600
