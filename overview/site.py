"""usermon.toml, as the overview knows it: how pages look, whom to alert, which zone reports are in."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from flask import Flask, current_app

from overview.parts import Part, part
from overview.settings import OverviewSettings
from usermon.errors import SettingsError, UsermonError
from usermon.shown_site import ShownSite, shown_site, without_logo
from usermon.site_file import SiteFile
from usermon.site_look import SiteLook
from usermon.site_on_disk import SiteOnDisk

# What the file says now; None where this machine has none.
SiteNow = Callable[[], SiteFile | None]

_NAME = "usermon_site"
_log = logging.getLogger(__name__)


def site_of_settings(settings: OverviewSettings) -> SiteNow:
    """Raises SettingsError: the file is wrong, or was named and is not there."""
    if "config" not in settings.model_fields_set and not settings.config.exists():
        return lambda: None
    return SiteOnDisk(settings.config, settings.effective_timezone)


def install_site(app: Flask, site: SiteFile | SiteNow | None) -> SiteNow:
    now: SiteNow = site if callable(site) else lambda: site
    app.extensions[_NAME] = now
    return now


def current_site() -> SiteFile | None:
    """Of the app that answers this request, as the file stands now."""
    now: SiteNow = current_app.extensions[_NAME]
    return now()


def current_problem() -> UsermonError | None:
    """Why usermon.toml as it stands now cannot be used, where it cannot."""
    now: SiteNow = current_app.extensions[_NAME]
    return now.problem if isinstance(now, SiteOnDisk) else None


def current_problem_parts() -> list[Part]:
    """For pages that people look at to see whether all is well."""
    problem = current_problem()
    return [] if problem is None else [part("file", "overview/site_problem.html", problem=problem)]


def current_capacities() -> Mapping[str, int]:
    """Bytes by volume, of those that usermon.toml tells."""
    site = current_site()
    return {} if site is None else site.capacities


def current_sources() -> Collection[str]:
    """Names of those that usermon.toml has collected here."""
    site = current_site()
    return () if site is None else tuple(source.name for source in site.sources)


class SiteShown:
    """Call it for how pages look now. A logo that cannot be shown is left out; the log says why, once."""

    def __init__(self, now: SiteNow) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._made_from: object = None
        self._shown = ShownSite()

    def __call__(self) -> ShownSite:
        site = self._now()
        look = SiteLook() if site is None else site.look
        made_from = (look, _stamp_of(look.logo))
        with self._lock:
            if made_from != self._made_from:
                self._made_from = made_from
                self._shown = _shown(look)
            return self._shown


def _shown(look: SiteLook) -> ShownSite:
    try:
        return shown_site(look)
    except SettingsError as error:
        _log.error("%s. %s", error.message, error.remedy)
        return without_logo(look)


def _stamp_of(logo: Path | None) -> tuple[int, int] | None:
    try:
        status = None if logo is None else logo.stat()
    except OSError:
        return None
    return status and (status.st_mtime_ns, status.st_size)
