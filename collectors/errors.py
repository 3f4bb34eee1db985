"""Failures of the collectors that have no narrower home."""

from usermon.errors import UsermonError
from usermon.site_file import SiteFile


class WrongUse(UsermonError):
    """What was asked for makes no sense, or is refused unless the admin insists. Exit code 2."""


class UnknownSource(WrongUse):
    """usermon.toml names no such source."""

    def __init__(self, name: str, site: SiteFile, way_out: str = "") -> None:
        known = ", ".join(source.name for source in site.sources) or "none"
        super().__init__(f"there is no source {name!r}", f"usermon.toml names: {known}.{way_out}")
