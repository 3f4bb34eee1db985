"""Settings of one dashboard, from the environment of its container."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from usermon.errors import InvalidUserName, SettingsError
from usermon.user_names import check_user_name

# In a container; which addresses reach it is the engine's matter.
_LISTEN = "0.0.0.0:8050"


@dataclass(frozen=True, slots=True)
class Settings:
    user: str
    data_folder: Path
    secrets_folder: Path
    host: str
    port: int
    refresh_seconds: float


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError: names the variable, its value and what was expected."""
    host, port = _listen(environ.get("USERMON_LISTEN", _LISTEN))
    return Settings(
        user=_user(environ.get("USERMON_USER", "")),
        data_folder=_folder(environ, "USERMON_DATA_DIR", Path("/data")),
        secrets_folder=_folder(environ, "USERMON_SECRETS_DIR", Path("/run/usermon")),
        host=host,
        port=port,
        refresh_seconds=_seconds(environ.get("USERMON_REFRESH_SECONDS", "300")),
    )


def _user(text: str) -> str:
    try:
        return check_user_name(text)
    except InvalidUserName as error:
        raise SettingsError(
            "USERMON_USER", f"USERMON_USER is {text!r}: {error.reason}", error.remedy
        ) from error


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    text = environ.get(name, "")
    path = Path(text) if text else default
    if not path.is_absolute():
        raise SettingsError(name, f"{name} is {text!r}", "Write a path that starts with '/'.")
    return path


def _listen(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingsError(
            "USERMON_LISTEN", f"USERMON_LISTEN is {text!r}", "Write ADDRESS:PORT: 0.0.0.0:8050."
        )
    return host.strip("[]"), int(port)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86400:
        name = "USERMON_REFRESH_SECONDS"
        raise SettingsError(name, f"{name} is {text!r}", "Write seconds, from 0.1 to 86400.")
    return seconds
