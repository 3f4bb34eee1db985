"""Which sources of a kind usermon.toml names."""

from collectors.catalogue import UnknownCollector, find_collector
from usermon.site_file import SiteFile


def sources_of(site: SiteFile, kind: str) -> dict[str, int]:
    """Each with how often it is read, in seconds."""
    return {
        source.name: source.every_seconds for source in site.sources if _kind_of(source.collector) == kind
    }


def _kind_of(collector: str) -> str | None:
    try:
        return find_collector(collector).kind
    except UnknownCollector:
        return None
