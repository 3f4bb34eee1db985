"""Failures of the collectors that have no narrower home."""

from usermon.errors import WrongUse
from usermon.site_file import SiteFile


class UnknownSource(WrongUse):
    """usermon.toml names no such source."""

    def __init__(self, name: str, site: SiteFile, way_out: str = "") -> None:
        known = ", ".join(source.name for source in site.sources) or "none"
        super().__init__(f"there is no source {name!r}", f"usermon.toml names: {known}.{way_out}")
