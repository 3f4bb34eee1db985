"""From the store to each user's published files, which their dashboard shows: written whole or not at all."""

import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from collectors.publishing.io import IoFiles
from collectors.publishing.jobs import JobsFiles
from collectors.publishing.kind import Around, PublishedKind
from collectors.publishing.storage import StorageFiles
from collectors.reading import never
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.publications import (
    Wanted,
    forget_publications,
    has_publications,
    note_published,
    users_to_publish,
)
from usage_store.revisions import current_revisions
from usermon.atomic_file import write_atomically
from usermon.collection import CollectionRun
from usermon.errors import InvalidUserName, UsermonError
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder
from usermon.user_names import check_user_name

# No source can have this name, so that the two never mix in the list of runs.
PUBLISHING = "(publishing)"
RETRY_SECONDS = 60
# How soon new data is published and a new user's folder filled: one small question to the store each time.
POLL_SECONDS = 0.5
_NOTED_AT_ONCE = 200
_ABANDONED_SECONDS = 3600

_log = logging.getLogger(__name__)

Seen = tuple[int, int]  # a kind's revision; when a folder last came or went


@dataclass
class Publisher:
    """Keeps the files of all users who have a folder up to date. Folders are made by the orchestrator."""

    store: Store
    state: StateFolder
    site: SiteFile
    _seen: dict[str, Seen] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)
    _retry_at: float = 0.0
    _swept: bool = False

    def __post_init__(self) -> None:
        self._kinds: tuple[PublishedKind, ...] = (
            StorageFiles(self.site),
            JobsFiles(self.site),
            IoFiles(self.site),
        )

    def publish_if_changed(self, now: float, is_stopping: Callable[[], bool] = never) -> None:
        """Cheap when nothing happened: no new folder, no new data, no failure that is due again."""
        if not self.state.all_published_folder.is_dir():
            return
        with self.store.reading() as connection:
            revisions = current_revisions(connection)
        folders_at = self.state.all_published_folder.stat().st_mtime_ns
        seen = {one.kind: (revisions.get(one.kind, 0), folders_at) for one in self._kinds}
        changed = [one for one in self._kinds if seen[one.kind] != self._seen.get(one.kind)]
        if self._failures and now >= self._retry_at:
            changed = list(self._kinds)
        if changed:
            self._publish_kinds(changed, is_stopping)
            self._seen |= {one.kind: seen[one.kind] for one in changed}
            self._retry_at = now + RETRY_SECONDS

    def publish_forever(self, stopping: threading.Event) -> None:
        """Until `stopping`."""
        while not stopping.is_set():
            wait = POLL_SECONDS
            try:
                self.publish_if_changed(time.monotonic(), stopping.is_set)
            except UsermonError as error:
                _log.error("publishing: %s. %s", error.message, error.remedy)
                wait = RETRY_SECONDS
            except Exception:
                _log.exception("publishing failed")
                wait = RETRY_SECONDS
            stopping.wait(wait)

    def publish_due(self, is_stopping: Callable[[], bool] = never) -> CollectionRun | None:
        """Publish whatever changed; one user's failure never stops the others.

        Returns the run as noted, None when nothing was to do.
        """
        return self._publish_kinds(self._kinds, is_stopping)

    def _publish_kinds(
        self, kinds: Collection[PublishedKind], is_stopping: Callable[[], bool]
    ) -> CollectionRun | None:
        started_at = time.time()
        folders = self._folders()
        if not self._swept:
            _sweep(folders, [one.file for one in self._kinds])
            self._swept = True
        # What failed of kinds that are not looked at now fails still.
        failures = {} if len(kinds) == len(self._kinds) else dict(self._failures)
        users: set[str] = set()
        for one in kinds:
            users |= self._publish_kind(one, folders, failures, is_stopping)
        return self._note(started_at, len(users), failures)

    def _publish_kind(
        self,
        kind: PublishedKind,
        folders: dict[str, Path],
        failures: dict[str, str],
        is_stopping: Callable[[], bool],
    ) -> set[str]:
        """The users whose file was written, or removed."""
        with self.store.reading() as connection:
            if not kind.is_offered(connection):
                is_left = has_publications(connection, kind.kind)
            else:
                is_left = False
                around = kind.around(connection, time.monotonic())
                due = users_to_publish(connection, self._wanted(kind, around, folders))
        if not kind.is_offered
