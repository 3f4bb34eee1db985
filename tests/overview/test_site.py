"""What the overview makes of usermon.toml."""

from pathlib import Path

import pytest

from overview import create_app
from overview.settings import OverviewSettings
from overview.site import site_of_settings
from tests.overview.site import ADMIN
from usage_store.engine import Store
from usermon.errors import SettingsError
from usermon.site_on_disk import SiteOnDisk
from usermon.state_folder import StateFolder


def test_pages_wear_the_look_of_usermon_toml_and_follow_it(
    state: StateFolder, sqlite_store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = tmp_path / "usermon.toml"
    config.write_text('[site]\nname = "Example Facility"\nlogo = "logo.svg"')
    (tmp_path / "logo.svg").write_text("<svg/>")
    client = create_app(state, sqlite_store, SiteOnDisk(config, "UTC")).test_client()
    login = client.get("/login").text
    assert "Example Facility" in login
    assert 'class="logo"' in login
    (tmp_path / "logo.svg").write_text("no picture")
    config.write_text('[site]\nname = "Renamed"\nlogo = "logo.svg"')
    assert "Renamed" in client.get("/login").text
    assert 'class="logo"' not in client.get("/login").text
    assert caplog.text.count("is not an SVG picture") == 1


def test_pages_say_that_usermon_toml_became_wrong_and_that_the_old_one_holds(
    state: StateFolder, sqlite_store: Store, tmp_path: Path
) -> None:
    config = tmp_path / "usermon.toml"
    config.write_text('[site]\nname = "Example Facility"')
    client = create_app(state, sqlite_store, SiteOnDisk(config, "UTC")).test_client()

    def parts(feed: str) -> dict[str, str]:
        return {key: html for key, _, html in client.get(feed, auth=ADMIN).get_json()["parts"]}

    for page, feed in (("/", "/start.json"), ("/alerts", "/alerts.json")):
        config.write_text('[site]\nname = "Example Facility"')
        assert "stays in force" not in client.get(page, auth=ADMIN).text
        assert "file" not in parts(feed)
        config.write_text('[[alert]]\nkind = "<quotas>"')
        assert "kind is &#39;&lt;quotas&gt;&#39;" in parts(feed)["file"]
        assert "What the file said before stays in force." in client.get(page, auth=ADMIN).text


def test_a_machine_without_usermon_toml_has_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("USERMON_CONFIG", raising=False)
    assert site_of_settings(OverviewSettings.load())() is None


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        site_of_settings(OverviewSettings.load(config=tmp_path / "usermon.toml"))
