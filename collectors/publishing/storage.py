"""storage.json: what a user holds on each volume, over time."""

import time
from collections.abc import Iterator, Sequence

from collectors.publishing.kind import Around, digest_of
from collectors.publishing.steady import SteadyMedians
from usage_store.engine import StoreConnection
from usage_store.medians import storage_medians
from usage_store.storage import storage_histories
from usermon.published_storage import PublishedStorage, VolumeHistory, VolumeMedian, to_json
from usermon.site_file import SiteFile
from usermon.state_folder import PUBLISHED_STORAGE
from usermon.units import bytes_from_gb


class StorageFiles:
    kind = "storage"
    file = PUBLISHED_STORAGE
    is_for_all = False
    looks_again_seconds: int | None = None

    def __init__(self, site: SiteFile) -> None:
        self._site = site
        self._medians = SteadyMedians(storage_medians)

    def is_offered(self, connection: StoreConnection) -> bool:  # noqa: ARG002 - as all kinds
        """Every dashboard has this page."""
        return True

    def around(self, connection: StoreConnection, now: float) -> Around:
        medians = {
            volume: VolumeMedian(median.users, bytes_from_gb(median.amounts[0]), round(median.amounts[1]))
            for volume, median in self._medians.get(connection, now).items()
        }
        site = self._site
        told = {volume: (median.used_bytes, median.files) for volume, median in medians.items()}
        return Around(digest_of((site.timezone, site.reference_gb, site.reference_files, told)), medians)

    def contents(
        self, connection: StoreConnection, users: Sequence[str], around: Around
    ) -> Iterator[tuple[str, bytes]]:
        for user in users:  # years of samples each: never of many at once
            yield user, self._content(connection, user, around)

    def _content(self, connection: StoreConnection, user: str, around: Around) -> bytes:
        histories = storage_histories(connection, user)
        volumes = {
            volume: VolumeHistory(
                h.time,
                h.used_bytes,
                h.files,
                h.soft_limit_bytes,
                h.hard_limit_bytes,
                h.soft_limit_files,
                h.hard_limit_files,
                h.bytes_grace,
                h.files_grace,
            )
            for volume, h in histories.items()
        }
        return to_json(
            PublishedStorage(
                user=user,
                timezone=self._site.timezone,
                published_at=int(time.time()),
                reference_gb=self._site.reference_gb,
                reference_files=self._site.reference_files,
                volumes=volumes,
                medians={volume: around.facts[volume] for volume in volumes if volume in around.facts},
            )
        )
