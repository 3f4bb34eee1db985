from pathlib import Path

import pytest

from user_dashboard.settings import from_environment
from usermon.errors import SettingsError


def test_only_the_user_must_be_named() -> None:
    settings = from_environment({"USERMON_USER": "alice"})
    assert settings.user == "alice"
    assert settings.data_folder == Path("/data")
    assert settings.secrets_folder == Path("/run/usermon")
    assert (settings.host, settings.port) == ("0.0.0.0", 8050)
    assert settings.refresh_seconds == 300


def test_everything_can_be_set() -> None:
    settings = from_environment(
        {
            "USERMON_USER": "bob",
            "USERMON_DATA_DIR": "/srv/data",
            "USERMON_SECRETS_DIR": "/srv/secrets",
            "USERMON_LISTEN": "[::1]:80",
            "USERMON_REFRESH_SECONDS": "0.5",
        }
    )
    assert (settings.data_folder, settings.secrets_folder) == (Path("/srv/data"), Path("/srv/secrets"))
    assert (settings.host, settings.port, settings.refresh_seconds) == ("::1", 80, 0.5)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("USERMON_USER", ""),
        ("USERMON_USER", "../etc"),
        ("USERMON_DATA_DIR", "data"),
        ("USERMON_SECRETS_DIR", "./secrets"),
        ("USERMON_LISTEN", "8050"),
        ("USERMON_LISTEN", "0.0.0.0:"),
        ("USERMON_LISTEN", "0.0.0.0:99999"),
        ("USERMON_REFRESH_SECONDS", "often"),
        ("USERMON_REFRESH_SECONDS", "0"),
        ("USERMON_REFRESH_SECONDS", "nan"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_value(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({"USERMON_USER": "alice", name: text})
    assert refused.value.name == name
    assert repr(text) in refused.value.message
    assert refused.value.remedy
