"""How the facility wants its pages to look, as the collectors published it; Usermon's own look without."""

import logging
from pathlib import Path

from usermon.shown_site import PUBLISHED_SITE, ShownSite, UnreadableSite, from_json
from web_shared.watched_file import WatchedFile

_log = logging.getLogger(__name__)


class PublishedSite:
    """Call it for the look now. Nothing that is wrong with the file keeps a page from its user."""

    def __init__(self, folder: Path) -> None:
        self._file = WatchedFile(folder / PUBLISHED_SITE, _parse)
        self._last = ShownSite()

    def __call__(self) -> ShownSite:
        try:
            self._last = self._file.read()
        except FileNotFoundError:
            pass  # collectors that are older, or did not come to it yet
        except OSError as error:
            _log.warning("%s cannot be read: %s", PUBLISHED_SITE, error.strerror)
        return self._last


def _parse(content: bytes) -> ShownSite:
    try:
        return from_json(content)
    except UnreadableSite as error:
        # Told of once: the file is parsed when it changed, and only then.
        _log.warning("%s (%s)", error.message, error.__cause__)
        return ShownSite()
