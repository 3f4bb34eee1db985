"""Settings that every program with a store shares: USERMON_* from the environment or .env, read once."""

import os
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from usermon.errors import SettingsError
from usermon.local_timezone import local_timezone
from usermon.settings_errors import settings_error
from usermon.state_folder import StateFolder


class StoreSettings(BaseSettings):
    """Make it with `load()`; a wrong value is refused by name."""

    model_config = SettingsConfigDict(
        env_prefix="USERMON_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    state_dir: Path = Path("state")
    store_url: str = ""  # empty: SQLite in the state folder
    store_url_file: Path | None = None  # a PostgreSQL URL may hold a password
    config: Path = Path("usermon.toml")
    timezone: str = ""  # empty: this machine's

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """`overrides` come from the command line. Raises SettingsError, naming the setting that is wrong."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise settings_error(error.errors()) from error
        except OSError as error:
            raise SettingsError(
                ".env",
                f"cannot read .env in this folder: {error.strerror}",
                "Go to a folder that you may read.",
            ) from error

    @field_validator("state_dir", "config")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))  # noqa: PTH100 - resolve() would follow links

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (OSError, ValueError, KeyError):
                raise ValueError('write an IANA name, "Europe/Berlin" or "UTC"') from None
        return value

    @property
    def state(self) -> StateFolder:
        return StateFolder(self.state_dir)

    @property
    def effective_timezone(self) -> str:
        return self.timezone or local_timezone()

    @property
    def effective_store_url(self) -> str:
        """Raises SettingsError when the file that should hold the URL cannot be read."""
        if self.store_url_file is not None:
            return _content(self.store_url_file)
        return self.store_url or self.state.default_store_url


def _content(file: Path) -> str:
    name = "USERMON_STORE_URL_FILE"
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            name,
            f"{name} is {file}, which cannot be read: {error}",
            f"Correct {name}, or who may read the file.",
        ) from error
