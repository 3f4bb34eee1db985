"""Settings of an agent that delivers to a hub: USERMON_* from the environment or .env.

Read by hand: what reads them elsewhere (pydantic) takes two thirds of the memory that an agent may use.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from usermon.errors import SettingsError
from usermon.local_timezone import local_timezone
from usermon.site_file import SiteFile, read_site_file
from usermon.state_folder import StateFolder

DEFAULT_SPOOL_MB = 256


@dataclass(frozen=True, slots=True)
class AgentSettings:
    hub_url: str
    token_file: Path
    ca_file: Path | None
    spool_bytes: int
    state: StateFolder
    config: Path
    timezone: str

    def read_site(self) -> SiteFile:
        """usermon.toml. Raises SettingsError."""
        return read_site_file(self.config, self.timezone or local_timezone())


def hub_url(hub: str | None) -> str:
    """The hub that was named on the command line or in the settings; empty: the store is here."""
    return hub or _environment().get("USERMON_HUB_URL", "")


def load_agent_settings(hub: str | None, token_file: Path | None, config: Path | None) -> AgentSettings:
    """What is given here, from the command line, stands before the environment. Raises SettingsError."""
    found = _environment()
    token = token_file or _path(found, "USERMON_HUB_TOKEN_FILE")
    if token is None:
        raise SettingsError(
            "USERMON_HUB_TOKEN_FILE",
            "no token for the hub is named",
            "Name the file that holds it: --token-file FILE or USERMON_HUB_TOKEN_FILE.",
        )
    return AgentSettings(
        hub_url=hub or found.get("USERMON_HUB_URL", ""),
        token_file=_absolute(token),
        ca_file=_path(found, "USERMON_HUB_CA_FILE"),
        spool_bytes=_megabytes(found.get("USERMON_SPOOL_MB", "")) << 20,
        state=StateFolder(_path(found, "USERMON_STATE_DIR") or _absolute(Path("state"))),
        config=_absolute(config)
        if config
        else _path(found, "USERMON_CONFIG") or _absolute(Path("usermon.toml")),
        timezone=_timezone(found.get("USERMON_TIMEZONE", "")),
    )


def _environment() -> Mapping[str, str]:
    try:
        if not Path(".env").is_file():
            return os.environ
        from dotenv import dotenv_values

        in_file = {key: value for key, value in dotenv_values(".env").items() if value is not None}
    except OSError as error:
        raise SettingsError(
            ".env", f"cannot read .env in this folder: {error.strerror}", "Go to a folder that you may read."
        ) from error
    return {**in_file, **os.environ}


def _path(found: Mapping[str, str], name: str) -> Path | None:
    return _absolute(Path(found[name])) if found.get(name) else None


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links


def _megabytes(text: str) -> int:
    if not text:
        return DEFAULT_SPOOL_MB
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 1_000_000 and len(text) <= 7):
        raise SettingsError(
            "USERMON_SPOOL_MB", f"USERMON_SPOOL_MB is {text!r}", "Write a whole number of MiB, 1 to 1000000."
        )
    return int(text)


def _timezone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            raise SettingsError(
                "USERMON_TIMEZONE",
                f"USERMON_TIMEZONE is {name!r}",
                'Write an IANA name, "Europe/Berlin" or "UTC".',
            ) from None
    return name
