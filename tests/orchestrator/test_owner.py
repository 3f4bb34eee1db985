"""Whose the state folder is, and as whom containers run."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.owner import StateFolderNotOurs, ensure_folder, owner_by_ids, owner_of
from usermon.errors import UsermonError

ids = st.integers(0, 70_000)


def test_when_root_owns_the_folder_containers_run_as_an_account_of_nobody() -> None:
    owner = owner_by_ids(uid=0, gid=0, euid=0)
    assert owner.containers == owner.containers_chown == (10_001, 10_001)
    assert owner.admin_chown == (0, 0)


def test_a_member_of_the_docker_group_runs_containers_as_themselves_and_changes_no_owner() -> None:
    owner = owner_by_ids(uid=1000, gid=1001, euid=1000)
    assert owner.containers == (1000, 1001)
    assert (owner.admin_chown, owner.containers_chown) == (None, None)


def test_root_works_in_another_accounts_folder_as_that_account() -> None:
    owner = owner_by_ids(uid=1000, gid=1001, euid=0)
    assert owner.containers == owner.admin_chown == owner.containers_chown == (1000, 1001)


@given(ids, ids)
def test_nothing_in_a_container_is_ever_root(uid: int, gid: int) -> None:
    assert 0 not in owner_by_ids(uid, gid, uid).containers


def test_a_folder_of_somebody_else_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(StateFolderNotOurs, match=f"not to you \\(uid {stranger}\\)") as error:
        owner_of(tmp_path)
    assert "USERMON_STATE_DIR" in error.value.remedy


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "secrets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsermonError, match="symbolic link"):
        ensure_folder(tmp_path / "secrets", 0o700, None)
