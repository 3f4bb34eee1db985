"""From the store to each user's published file, which their dashboard shows: written whole or not at all."""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from collectors.reading import never
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.publications import note_published, users_to_publish
from usage_store.revisions import current_revision
from usage_store.storage import storage_histories
from usermon.atomic_file import write_atomically
from usermon.collection import CollectionRun
from usermon.errors import InvalidUserName, UsermonError
from usermon.published_storage import PublishedStorage, VolumeHistory, to_json
from usermon.site_file import SiteFile
from usermon.state_folder import PUBLISHED_STORAGE, StateFolder
from usermon.user_names import check_user_name

# No source can have this name, so that the two never mix in the list of runs.
PUBLISHING = "(publishing)"
RETRY_SECONDS = 60
# How soon a new user's folder is filled.
POLL_SECONDS = 2.0
_NOTED_AT_ONCE = 200
_ABANDONED_SECONDS = 3600

_log = logging.getLogger(__name__)


@dataclass
class Publisher:
    """Keeps the files of all users who have a folder up to date. Folders are made by the orchestrator."""

    store: Store
    state: StateFolder
    site: SiteFile
    _seen: tuple[int, int] | None = None
    _failures: dict[str, str] = field(default_factory=dict)
    _retry_at: float = 0.0
    _swept: bool = False

    def publish_if_changed(self, now: float, is_stopping: Callable[[], bool] = never) -> None:
        """Cheap when nothing happened: no new folder, no new data, no failure that is due again."""
        if not self.state.all_published_folder.is_dir():
            return
        with self.store.reading() as connection:
            revision = current_revision(connection, "storage")
        seen = (revision, self.state.all_published_folder.stat().st_mtime_ns)
        if seen != self._seen or (self._failures and now >= self._retry_at):
            self.publish_due(is_stopping)
            self._seen = seen
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
        started_at = time.time()
        folders = self._folders()
        if not self._swept:
            _sweep(folders)
            self._swept = True
        missing = [user for user in folders if not os.path.lexists(folders[user] / PUBLISHED_STORAGE)]
        presentation = _digest(self.site)
        with self.store.reading() as connection:
            due = users_to_publish(connection, presentation, missing)
        published: dict[str, int] = {}
        failures: dict[str, str] = {}
        count = 0
        for user in sorted(due.keys() & folders.keys()):
            if is_stopping():
                break
            try:
                self._publish(user, folders[user])
            except FileNotFoundError:
                continue  # forgotten a moment ago, folder and all
            except OSError as error:
                failures[user] = error.strerror or str(error)
                continue
            published[user] = due[user]
            count += 1
            if len(published) >= _NOTED_AT_ONCE:
                self._note_published(published, presentation)
                published = {}
        self._note_published(published, presentation)
        return self._note(started_at, count, failures)

    def _folders(self) -> dict[str, Path]:
        folders: dict[str, Path] = {}
        if not self.state.all_published_folder.is_dir():
            return folders
        for path in sorted(self.state.all_published_folder.iterdir()):
            try:
                folders[check_user_name(path.name)] = path
            except InvalidUserName:
                continue  # not made by the orchestrator
        return folders

    def _publish(self, user: str, folder: Path) -> None:
        with self.store.reading() as connection:
            histories = storage_histories(connection, user)
        content = to_json(
            PublishedStorage(
                user=user,
                timezone=self.site.timezone,
                published_at=int(time.time()),
                reference_gb=self.site.reference_gb,
                reference_files=self.site.reference_files,
                volumes={
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
                },
            )
        )
        owner = None
        if os.geteuid() == 0:
            # The dashboard does not run as root; its folder belongs to whom it runs as.
            status = folder.stat()
            owner = (status.st_uid, status.st_gid)
        write_atomically(folder / PUBLISHED_STORAGE, content, mode=0o600, owner=owner)

    def _note_published(self, published: dict[str, int], presentation: str) -> None:
        if published:
            with self.store.writing() as connection:
                note_published(connection, published, presentation)

    def _note(self, started_at: float, count: int, failures: dict[str, str]) -> CollectionRun | None:
        news = count > 0 or failures != self._failures
        self._failures = failures
        if not news and not failures:
            return None
        run = CollectionRun(
            source=PUBLISHING,
            collector="publish",
            started_at=started_at,
            finished_at=time.time(),
            taken=count,
            known=0,
            rejected=0,
            error=_error(failures),
            remedy="Make room, or let the collectors write there: the files stay as they were, "
            f"and are written again within {RETRY_SECONDS} s."
            if failures
            else None,
        )
        if news:
            for user, reason in failures.items():
                _log.error("publishing for %s failed: %s", user, reason)
            with self.store.writing() as connection:
                note_run(connection, run)
        return run


def _sweep(folders: dict[str, Path]) -> None:
    """Remove what a killed collector left half-written; younger ones may be another's work in hand."""
    for folder in folders.values():
        try:
            for left in folder.glob(f".{PUBLISHED_STORAGE}.*"):
                if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                    left.unlink()
        except OSError as error:
            _log.warning("cannot tidy up %s: %s", folder, error.strerror)


def _error(failures: dict[str, str]) -> str | None:
    if not failures:
        return None
    named = ", ".join(f"{user} ({reason})" for user, reason in sorted(failures.items())[:5])
    more = f" and {len(failures) - 5} more" if len(failures) > 5 else ""
    return f"not published: {named}{more}"


def _digest(site: SiteFile) -> str:
    """Of what stands in every published file beside the user's data."""
    around = (site.timezone, site.reference_gb, site.reference_files)
    return hashlib.sha256(repr(around).encode()).hexdigest()
