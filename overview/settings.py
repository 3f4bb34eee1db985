"""Settings of the overview, over those that every program with a store shares."""

from pathlib import Path

from pydantic import Field

from usage_store.settings import StoreSettings


class OverviewSettings(StoreSettings):
    overview_port: int = Field(8080, ge=1, le=65535)
    smtp_password_file: Path | None = None  # stands before the one that usermon.toml names
