"""Did files change?"""

from pathlib import Path

from orchestrator.file_changes import FileChanges


def test_the_first_look_is_a_change_and_then_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "users.txt").write_text("alice\n")
    changes = FileChanges([tmp_path / "users.txt"])
    assert changes.settled_change()
    assert not changes.settled_change()


def test_a_change_is_told_once_when_it_has_settled(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text("alice\n")
    changes = FileChanges([path])
    changes.settled_change()
    path.write_text("alice\nbob\n")
    assert not changes.settled_change()
    path.write_text("alice\nbob\ncharlie\n")
    assert not changes.settled_change()
    assert changes.settled_change()
    assert not changes.settled_change()


def test_a_replaced_and_a_removed_file_are_changes(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text("alice\n")
    changes = FileChanges([path])
    changes.settled_change()
    (tmp_path / "new").write_text("charl\n")
    (tmp_path / "new").rename(path)
    assert [changes.settled_change(), changes.settled_change()] == [False, True]
    path.unlink()
    assert [changes.settled_change(), changes.settled_change()] == [False, True]
