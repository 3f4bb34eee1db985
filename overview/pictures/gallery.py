"""Pictures as files, drawn once and kept until what they show has changed."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerts.host_limits import rules_of_hosts
from overview.pictures.catalogue import Picture, pictures
from overview.pictures.drawing import Format, draw
from overview.pictures.sheet import Frame, Sheet
from overview.pictures.source import Source
from overview.snapshots import Snapshots
from usage_store.engine import Store
from usage_store.revisions import current_revisions
from usermon.alert_rules import DEFAULT_RULES, HostRule
from web_shared.chart_theme import ChartTheme

_KEPT_BYTES = 24 << 20


@dataclass(frozen=True, slots=True)
class File:
    """`holds_until` a time of which it says that it is still to come, if it says so."""

    content: bytes
    etag: str
    holds_until: int | None = None

    def holds(self, now: int) -> bool:
        return self.holds_until is None or now < self.holds_until


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What a picture says of the facility: its name, its zone, how large its volumes are (name and bytes),
    and which rules say when its hosts are silent."""

    name: str
    timezone: str
    capacities: tuple[tuple[str, int], ...] = ()
    rules: tuple[HostRule, ...] = rules_of_hosts(DEFAULT_RULES)


class Gallery:
    """Safe to share between threads. One draws at a time; who comes meanwhile gets the older picture where
    there is one, so that a page of many pictures does not hold up all the threads of the server."""

    def __init__(self, snapshots: Snapshots, store: Store, words: Callable[[], SiteWords]) -> None:
        self._snapshots = snapshots
        self._store = store
        self._words = words
        self._kept: OrderedDict[Hashable, tuple[Hashable, File]] = OrderedDict()
        self._lock = threading.Lock()
        self._drawing = threading.Lock()

    def source(self, now: int) -> Source:
        words = self._words()
        return Source(self._snapshots, self._store, now, dict(words.capacities), words.rules)

    def pictures(self, now: int) -> dict[str, Picture]:
        """All that there are now, by name."""
        return pictures(self.source(now))

    def made_from(self, picture: Picture, now: int) -> Hashable:
        """Equal as long as the picture shows the same."""
        with self._store.reading() as connection:
            revisions = current_revisions(connection)
        return (tuple(revisions.get(topic, 0) for topic in picture.topics), picture.clock(now), self._words())

    def sheet(self, picture: Picture, now: int) -> Sheet:
        """What it shows, read anew."""
        return picture.read(self.source(now))

    def file(self, picture: Picture, format_: Format, theme: ChartTheme, now: int) -> File:
        key, made_from = (picture.name, format_, theme.name), self.made_from(picture, now)
        kept = self._find(key)
        if kept is not None and ((kept[0] == made_from and kept[1].holds(now)) or self._drawing.locked()):
            return kept[1]
        sheet = self.sheet(picture, now)
        words = self._words()
        with self._drawing:
            # Somebody may have drawn it while we waited.
            kept = self._find(key)
            if kept is not None and kept[0] == made_from and kept[1].holds(now):
                return kept[1]
            content = draw(sheet, Frame(theme, ZoneInfo(words.timezone), words.name, now), format_)
            until = sheet.as_of if sheet.is_ahead(now) else None
            file = File(content, hashlib.sha256(content).hexdigest()[:20], until)
            self._keep(key, made_from, file)
        return file

    def _find(self, key: Hashable) -> tuple[Hashable, File] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: Hashable, made_from: Hashable, file: File) -> None:
        with self._lock:
            self._kept[key] = (made_from, file)
            self._kept.move_to_end(key)
            size = sum(len(kept.content) for _, kept in self._kept.values())
            while size > _KEPT_BYTES and len(self._kept) > 1:
                _, (_, oldest) = self._kept.popitem(last=False)
                size -= len(oldest.content)
