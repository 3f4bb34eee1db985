"""Settings that all programs with a store share."""

from pathlib import Path

import pytest

from usage_store.settings import StoreSettings
from usermon.errors import SettingsError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STATE_DIR", "STORE_URL", "STORE_URL_FILE", "CONFIG", "TIMEZONE"):
        monkeypatch.delenv(f"USERMON_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_by_default_everything_lies_where_we_are(tmp_path: Path) -> None:
    settings = StoreSettings.load()
    assert settings.state_dir == tmp_path / "state"
    assert settings.config == tmp_path / "usermon.toml"
    assert settings.effective_store_url == f"sqlite:///{tmp_path}/state/store/usermon.db"


def test_a_dotenv_file_is_read_and_the_environment_stands_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("USERMON_STATE_DIR=/srv/a\nUSERMON_TIMEZONE=Asia/Tokyo\n")
    monkeypatch.setenv("USERMON_STATE_DIR", "/srv/b")
    settings = StoreSettings.load()
    assert (settings.state_dir, settings.effective_timezone) == (Path("/srv/b"), "Asia/Tokyo")


def test_a_store_url_with_a_password_comes_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("postgresql://usermon:sesame@db/usermon\n")
    monkeypatch.setenv("USERMON_STORE_URL_FILE", str(tmp_path / "url"))
    assert StoreSettings.load().effective_store_url == "postgresql://usermon:sesame@db/usermon"


def test_a_store_url_file_that_is_missing_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERMON_STORE_URL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        _ = StoreSettings.load().effective_store_url
    assert caught.value.name == "USERMON_STORE_URL_FILE"


def test_an_unknown_timezone_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERMON_TIMEZONE", "Middle/Earth")
    with pytest.raises(SettingsError, match="Middle/Earth") as caught:
        StoreSettings.load()
    assert caught.value.name == "USERMON_TIMEZONE"
