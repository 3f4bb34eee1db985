"""The machine's time zone by its IANA name."""

from pathlib import Path

import pytest

from usermon.local_timezone import local_timezone


@pytest.fixture(autouse=True)
def no_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


def test_tz_stands_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("Europe/Berlin\n")
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert local_timezone(tmp_path) == "Asia/Tokyo"


def test_then_etc_timezone(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("Europe/Berlin\n")
    assert local_timezone(tmp_path) == "Europe/Berlin"


def test_then_the_link_localtime(tmp_path: Path) -> None:
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/America/New_York")
    assert local_timezone(tmp_path) == "America/New_York"


@pytest.mark.parametrize("tz", ["", "CEST-2nonsense", "/etc/localtime", "../../etc/passwd", "Middle/Earth"])
def test_where_nothing_says_it_is_utc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tz: str) -> None:
    monkeypatch.setenv("TZ", tz)
    (tmp_path / "timezone").write_bytes(b"\xff not a zone")
    assert local_timezone(tmp_path) == "UTC"
