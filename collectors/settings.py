"""Settings of the collectors: those of every program with a store, and usermon.toml."""

import os
from pathlib import Path
from typing import Self

from usage_store.settings import StoreSettings
from usermon.site_file import SiteFile, read_site_file


class CollectorSettings(StoreSettings):
    """Make it with `load_with()`; a wrong value is refused by name."""

    @classmethod
    def load_with(cls, config: Path | None) -> Self:
        """Like `load()`; `config`, when given, stands before USERMON_CONFIG."""
        settings = cls.load()
        if config is None:
            return settings
        # Not resolve(), which would follow links: paths in the file are relative to where it seems to lie.
        return settings.model_copy(update={"config": Path(os.path.abspath(config))})  # noqa: PTH100

    @property
    def names_config(self) -> bool:
        """Whether somebody said which usermon.toml, so that it must be there."""
        return "config" in self.model_fields_set

    def read_site(self) -> SiteFile:
        """usermon.toml. Raises SettingsError."""
        return read_site_file(self.config, self.effective_timezone)
