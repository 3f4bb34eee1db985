"""Which pictures there are, `bubbles-local`, `queues-cluster-a`, `hosts`, each with how its sheet is read."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial

from overview.pictures.backup_sheet import backup_sheet
from overview.pictures.bubble_sheet import bubble_sheet
from overview.pictures.growth_sheet import growth_sheet
from overview.pictures.host_sheet import host_sheet
from overview.pictures.io_sheet import io_sheet
from overview.pictures.queue_sheet import queue_sheet
from overview.pictures.quota_sheet import quota_sheet
from overview.pictures.sheet import Sheet
from overview.pictures.source import Source
from usage_store.queues import all_clusters

_HOUR = 3600
_SILENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Picture:
    """`topics` are those of the store that it is drawn from; `grows_old_in` seconds it says something else
    although nothing was saved (None: never). `names_people`: who sees it learns users' names."""

    name: str
    title: str
    topics: tuple[str, ...]
    read: Callable[[Source], Sheet]
    names_people: bool = True
    grows_old_in: int | None = None

    def clock(self, now: int) -> Hashable:
        """Changes when the picture has grown old."""
        return None if self.grows_old_in is None else now // self.grows_old_in


def pictures(source: Source) -> dict[str, Picture]:
    """All that there are now, by name, in the order of the pages."""
    volumes = source.snapshots.storage().volumes
    clusters = [cluster.name for cluster in source.read(all_clusters) if cluster.time is not None]
    found = [
        *(_bubbles(volume) for volume in volumes),
        *(_growth(volume) for volume in volumes),
        Picture("quota", "Fullest quotas", ("storage",), quota_sheet),
        *(_queues(cluster) for cluster in clusters),
        Picture("io", "I/O operations", ("io",), io_sheet),
        Picture("hosts", "Hosts", ("hosts",), host_sheet, names_people=False, grows_old_in=_SILENCE_SECONDS),
        Picture("backups", "Backups", ("backups",), backup_sheet, names_people=False, grows_old_in=_HOUR),
    ]
    return {picture.name: picture for picture in found}


def _bubbles(volume: str) -> Picture:
    read = partial(bubble_sheet, volume=volume)
    return Picture(f"bubbles-{volume}", f"Who holds what on {volume}", ("storage",), read)


def _growth(volume: str) -> Picture:
    read = partial(growth_sheet, volume=volume)
    title = f"Storage on {volume} over time"
    return Picture(f"storage-{volume}", title, ("storage",), read, names_people=False, grows_old_in=6 * _HOUR)


def _queues(cluster: str) -> Picture:
    read = partial(queue_sheet, name=cluster)
    return Picture(f"queues-{cluster}", f"Processors of {cluster}", ("queues",), read)
