"""The state folder."""

import errno
from pathlib import Path

import pytest

from orchestrator.state_files import (
    StateFolderTrouble,
    ensure_deployment_id,
    prepare_state_folder,
    read_deployment_id,
    readable_errors,
)
from usermon.state_folder import StateFolder


def test_the_deployment_keeps_its_id(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "state")
    owner = prepare_state_folder(state)
    assert read_deployment_id(state) is None
    made = ensure_deployment_id(state, owner)
    assert ensure_deployment_id(state, owner) == read_deployment_id(state) == made


def test_two_deployments_have_two_ids(tmp_path: Path) -> None:
    states = [StateFolder(tmp_path / name) for name in ("one", "two")]
    one, two = (ensure_deployment_id(state, prepare_state_folder(state)) for state in states)
    assert one != two


def test_of_two_first_runs_at_once_both_end_with_the_same_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFolder(tmp_path / "state")
    owner = prepare_state_folder(state)

    def made_just_before_us() -> str:
        state.deployment_file.write_text("0123456789\n")
        return "abcdefabcd"

    monkeypatch.setattr("orchestrator.state_files.new_deployment_id", made_just_before_us)
    assert ensure_deployment_id(state, owner) == "0123456789"
    assert {path.name for path in state.root.iterdir() if path.is_file()} == {"deployment"}


def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "state")
    prepare_state_folder(state)
    before = {path: path.stat() for path in state.root.rglob("*")}
    prepare_state_folder(state)
    assert {path: path.stat() for path in state.root.rglob("*")} == before


def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = StateFolder(tmp_path / "file" / "state")
    with pytest.raises(StateFolderTrouble, match="Not a directory") as error, readable_errors(state):
        prepare_state_folder(state)
    assert "USERMON_STATE_DIR" in error.value.remedy


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StateFolderTrouble, match="No space left"), readable_errors(StateFolder(tmp_path)):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_nobody_expects_keeps_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="strange"), readable_errors(StateFolder(tmp_path)):
        raise OSError(errno.EBADF, "strange")
