"""The archive of files that were read: nothing that is moved there is read again."""

from dataclasses import replace
from pathlib import Path

import pytest

from collectors.archive import archive_folder
from tests.factories import source
from usermon.errors import SettingsError


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in ("a", "b", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "logs")
    (tmp_path / "logs" / "io.log").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "archive"),
    [
        ("logs", "."),
        ("logs", "../logs"),
        ("logs", "../linked"),
        ("linked", "../logs"),
        ("logs/*.log", "."),
        ("*/*.log", "{}/b"),
    ],
)
def test_an_archive_among_the_files_that_are_read_is_refused(logs: Path, path: str, archive: str) -> None:
    with pytest.raises(SettingsError, match="would be read again"):
        archive_folder(replace(source("io"), path=logs / path, options={"archive": archive.format(logs)}))


@pytest.mark.parametrize(
    ("path", "archive"),
    [("logs", "read"), ("logs/*.log", "read"), ("logs/io.log", "."), ("*/*.log", "{}/b/c")],
)
def test_an_archive_elsewhere_is_made(logs: Path, path: str, archive: str) -> None:
    folder = archive_folder(
        replace(source("io"), path=logs / path, options={"archive": archive.format(logs)})
    )
    assert folder is not None
    assert folder.is_dir()
