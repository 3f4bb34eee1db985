"""usermon.toml as it is now."""

import logging
from pathlib import Path

import pytest

from usermon.errors import SettingsError
from usermon.site_on_disk import SiteOnDisk


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "usermon.toml"
    file.write_text('[site]\nname = "Old"')
    site = SiteOnDisk(file, "UTC")
    assert site().look.name == "Old"
    assert site() is site()
    file.write_text('[site]\nname = "Newer"')
    assert site().look.name == "Newer"


def test_a_file_that_became_wrong_leaves_what_it_said_and_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "usermon.toml"
    file.write_text('[site]\nname = "Good"')
    site = SiteOnDisk(file, "UTC")
    file.write_text("[site]\nname = 77")
    problem = site.problem
    assert problem is not None
    assert "site.name is 77" in problem.message
    caplog.clear()
    file.write_text("[site]\nname =  77")
    with caplog.at_level(logging.ERROR):
        assert [site().look.name for _ in range(3)] == ["Good"] * 3
    assert len(caplog.messages) == 1
    assert "site.name is 77" in caplog.text
    file.unlink()
    assert site().look.name == "Good"
    file.write_text('[site]\nname = "Mended"')
    assert site.problem is None
    assert site().look.name == "Mended"


def test_a_file_that_nobody_foresaw_leaves_what_it_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError("odd")

    file = tmp_path / "usermon.toml"
    file.write_text('[site]\nname = "Good"')
    site = SiteOnDisk(file, "UTC")
    file.write_text('[site]\nname = "Another"')
    monkeypatch.setattr("usermon.site_on_disk.read_site_file", fail)
    assert [site().look.name for _ in range(3)] == ["Good"] * 3
    assert len(caplog.messages) == 1
    assert "cannot be read" in caplog.text
    assert site.problem is not None
    assert "please report it" in site.problem.remedy


def test_a_file_that_is_wrong_at_the_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "usermon.toml").write_text("[site")
    with pytest.raises(SettingsError):
        SiteOnDisk(tmp_path / "usermon.toml", "UTC")
