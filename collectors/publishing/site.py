"""Each user's site.json: how the facility wants its pages to look. The same for everybody, and small."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collectors.publishing.folders import write_into
from usermon.errors import SettingsError
from usermon.shown_site import PUBLISHED_SITE, ShownSite, shown_site, to_json, without_logo
from usermon.site_look import SiteLook

_USUAL = to_json(ShownSite())
_log = logging.getLogger(__name__)


@dataclass
class SitePublisher:
    """Writes what is missing or stands differently; folders that were right once cost next to nothing."""

    look: SiteLook
    _content: bytes | None = None
    _right: set[Path] = field(default_factory=set)

    def publish(self, folders: Mapping[str, Path]) -> dict[str, str]:
        """Returns whose could not be written, and why."""
        if self._content is None:
            self._content = to_json(_shown(self.look))
        is_usual = self._content == _USUAL
        failures = {}
        for user, folder in folders.items():
            # A folder that was forgotten and made again stands under its old name, without the file.
            if folder in self._right and (folder / PUBLISHED_SITE).exists() is not is_usual:
                continue
            try:
                self._publish(folder, self._content)
            except FileNotFoundError:
                continue  # forgotten a moment ago, folder and all
            except OSError as error:
                failures[user] = error.strerror or str(error)
                continue
            self._right.add(folder)
        self._right.intersection_update(folders.values())
        return failures

    def _publish(self, folder: Path, content: bytes) -> None:
        file = folder / PUBLISHED_SITE
        try:
            standing = file.read_bytes()
        except FileNotFoundError:
            standing = _USUAL
        if standing == content:
            return
        if content == _USUAL:
            file.unlink()
            return
        write_into(folder, PUBLISHED_SITE, content)


def _shown(look: SiteLook) -> ShownSite:
    try:
        return shown_site(look)
    except SettingsError as error:
        _log.error("%s. %s", error.message, error.remedy)
        return without_logo(look)
