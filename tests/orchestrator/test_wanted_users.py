"""Whom the lists want."""

from pathlib import Path

import pytest

from orchestrator.reconciled_files import write_reconciled
from orchestrator.wanted_users import ListFiles, Select, read_reconciled, read_wanted_users
from tests.shared_data import expected_storage


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local.txt"
    path.write_text("alice\nbob\n../etc\n")
    return path


@pytest.fixture
def cryo(tmp_path: Path) -> Path:
    path = tmp_path / "cryo.txt"
    path.write_text("charlie\nalice\n")
    return path


@pytest.mark.parametrize(
    ("select", "wanted"),
    [
        (Select.BOTH, {"alice": "local+cryo"}),
        (Select.LOCAL, {"alice": "local+cryo", "bob": "local"}),
        (Select.CRYO, {"charlie": "cryo", "alice": "local+cryo"}),
        (Select.ANY, {"alice": "local+cryo", "bob": "local", "charlie": "cryo"}),
    ],
)
def test_select_says_who_counts(local: Path, cryo: Path, select: Select, wanted: dict[str, str]) -> None:
    found = read_wanted_users(ListFiles(local=local, cryo=cryo, select=select))
    assert list(found.lists_of.items()) == list(wanted.items())


def test_rejected_names_carry_their_file_and_line(local: Path, cryo: Path) -> None:
    (rejected,) = read_wanted_users(ListFiles(local=local, cryo=cryo)).rejected
    assert (rejected.file, rejected.line, rejected.text) == (str(local), 3, "../etc")


def test_plain_lists_add_up_and_each_user_carries_their_names(local: Path, cryo: Path) -> None:
    found = read_wanted_users(ListFiles(plain=(local, cryo)))
    assert found.lists_of == {"alice": "local+cryo", "bob": "local", "charlie": "cryo"}


def test_written_results_are_lists_again(local: Path, cryo: Path, tmp_path: Path) -> None:
    reconciled, _ = read_reconciled(local, cryo)
    write_reconciled(reconciled, tmp_path / "out" / "lists")
    written = read_wanted_users(ListFiles(plain=(tmp_path / "out" / "lists" / "cryo_only.txt",)))
    assert written.lists_of == {"charlie": "cryo_only"}


def test_the_shared_lists_reconcile_as_expected(shared_storage: Path) -> None:
    expected = expected_storage()["lists"]
    found, rejected = read_reconciled(shared_storage / "local_users.txt", shared_storage / "cryo_users.txt")
    assert {name: list(getattr(found, name)) for name in ("both", "cryo_only", "local_only")} == {
        name: expected[name] for name in ("both", "cryo_only", "local_only")
    }
    assert rejected == ()


def test_the_shared_lists_with_prefixes_reconcile_as_expected(shared_storage: Path) -> None:
    expected = expected_storage(shared_storage / "tricky")["prefix"]
    tricky = shared_storage / "tricky"
    found, _ = read_reconciled(tricky / expected["local_users"], tricky / expected["cryo_users"])
    for name in ("both", "cryo_only", "local_only"):
        assert list(getattr(found, name)) == expected[name]
