"""usermon.toml, as the overview knows it: how pages look, whom to alert, which zone reports are in."""

from collections.abc import Callable

from flask import Flask, current_app

from overview.settings import OverviewSettings
from usermon.site_file import SiteFile
from usermon.site_on_disk import SiteOnDisk

# What the file says now; None where this machine has none.
SiteNow = Callable[[], SiteFile | None]

_NAME = "usermon_site"


def site_of_settings(settings: OverviewSettings) -> SiteNow:
    """Raises SettingsError: the file is wrong, or was named and is not there."""
    if "config" not in settings.model_fields_set and not settings.config.exists():
        return lambda: None
    return SiteOnDisk(settings.config, settings.effective_timezone)


def install_site(app: Flask, site: SiteFile | SiteNow | None) -> None:
    app.extensions[_NAME] = site if callable(site) else lambda: site


def current_site() -> SiteFile | None:
    """Of the app that answers this request, as the file stands now."""
    now: SiteNow = current_app.extensions[_NAME]
    return now()
