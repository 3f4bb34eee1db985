"""Settings are refused by name."""

from pathlib import Path

import pytest

from orchestrator.settings import OrchestratorSettings
from usermon.errors import SettingsError
from usermon.secret import Secret


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_those_of_the_manual() -> None:
    settings = OrchestratorSettings.load()
    assert (settings.base_port, settings.port_step, settings.overview_port) == (8100, 1, 8080)
    assert settings.runtime == "docker"
    assert settings.url_of(8100) == "http://localhost:8100/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USERMON_BASE_PORT", "0"),
        ("USERMON_BASE_PORT", "many"),
        ("USERMON_PORT_STEP", "0"),
        ("USERMON_OVERVIEW_PORT", "70000"),
        ("USERMON_RUNTIME", "kubernetes"),
        ("USERMON_MEMORY", "much"),
        ("USERMON_MEMORY", "1m"),
        ("USERMON_CPUS", "0"),
        ("USERMON_PARALLEL", "0"),
        ("USERMON_HOST", "http://usermon.example.org"),
        ("USERMON_SCHEME", "ftp"),
        ("USERMON_TIMEZONE", "Mars/Olympus"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        OrchestratorSettings.load()
    assert error.value.name == name
    assert value in error.value.message


@pytest.mark.parametrize(
    ("text", "size"), [("64m", 64 << 20), ("1G", 1 << 30), ("67108864", 64 << 20), ("65536 kb", 64 << 20)]
)
def test_memory_is_written_as_people_do(monkeypatch: pytest.MonkeyPatch, text: str, size: int) -> None:
    monkeypatch.setenv("USERMON_MEMORY", text)
    assert OrchestratorSettings.load().memory == size


def test_an_ipv6_address_is_bracketed_in_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERMON_HOST", "2001:db8::1")
    assert OrchestratorSettings.load().url_of(8100) == "http://[2001:db8::1]:8100/"


def test_links_are_https_where_a_proxy_stands_before_the_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERMON_HOST", "stats.example.org")
    monkeypatch.setenv("USERMON_SCHEME", "https")
    assert OrchestratorSettings.load().url_of(8100) == "https://stats.example.org:8100/"


def test_the_admin_password_comes_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert OrchestratorSettings.load().chosen_admin_password() is None
    (tmp_path / "word").write_text("from the file\n")
    monkeypatch.setenv("USERMON_ADMIN_PASSWORD_FILE", str(tmp_path / "word"))
    assert OrchestratorSettings.load().chosen_admin_password() == Secret("from the file")
    monkeypatch.setenv("USERMON_ADMIN_PASSWORD", "from the environment")
    assert OrchestratorSettings.load().chosen_admin_password() == Secret("from the environment")


def test_an_admin_password_that_cannot_be_used_is_refused_without_being_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("USERMON_ADMIN_PASSWORD_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="USERMON_ADMIN_PASSWORD_FILE"):
        OrchestratorSettings.load().chosen_admin_password()
    monkeypatch.setenv("USERMON_ADMIN_PASSWORD", "")
    with pytest.raises(SettingsError, match="USERMON_ADMIN_PASSWORD"):
        OrchestratorSettings.load()


def test_no_password_shows_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERMON_ADMIN_PASSWORD", "battery staple")
    assert "battery" not in repr(OrchestratorSettings.load())
