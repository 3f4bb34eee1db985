"""From the store to each user's published files, which their dashboard shows: written whole or not at all.

What stands in each is in collectors/publishing, one module a file.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from collectors.publishing.folders import sweep, user_folders, users_without, write_into
from collectors.publishing.io import IoFiles
from collectors.publishing.jobs import JobsFiles
from collectors.publishing.kind import Around, PublishedKind
from collectors.publishing.site import SitePublisher
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
from usermon.collection import CollectionRun
from usermon.errors import UsermonError
from usermon.shown_site import PUBLISHED_SITE
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder

# No source can have this name, so that the two never mix in the list of runs.
PUBLISHING = "(publishing)"
RETRY_SECONDS = 60
# How soon new data is published and a new user's folder filled: one small question to the store each time.
POLL_SECONDS = 0.5
# Of each kind in a row: thousands of one kind do not keep the few of another waiting.
AT_ONCE = 1_000
# Asked for, written and noted together: the first users' files come early, and memory holds no more.
_TOGETHER = 100
_WRITERS = 8

_log = logging.getLogger(__name__)

Seen = tuple[int, int, int]  # a kind's revision; when a folder last came or went; the turn of the clock


@dataclass
class _Pass:
    """What one look at the folders did."""

    folders: dict[str, Path]
    is_stopping: Callable[[], bool]
    at_once: int | None
    started_at: float = field(default_factory=time.time)
    users: set[str] = field(default_factory=set)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)  # by file and user
    unfinished: set[str] = field(default_factory=set)  # kinds


@dataclass
class Publisher:
    """Keeps the files of all users who have a folder up to date. Folders are made by the orchestrator."""

    store: Store
    state: StateFolder
    site: SiteFile
    _seen: dict[str, Seen] = field(default_factory=dict)
    _failures: dict[tuple[str, str], str] = field(default_factory=dict)
    _retry_at: float = 0.0
    _swept: bool = False

    def __post_init__(self) -> None:
        self._kinds: tuple[PublishedKind, ...] = (
            StorageFiles(self.site),
            JobsFiles(self.site),
            IoFiles(self.site),
        )
        self._look = SitePublisher(self.site.look)

    def publish_if_changed(self, now: float, is_stopping: Callable[[], bool] = never) -> bool:
        """Cheap when nothing happened: no new folder, no new data, no failure that is due again.

        Returns whether more is to do at once.
        """
        if not self.state.all_published_folder.is_dir():
            return False
        with self.store.reading() as connection:
            revisions = current_revisions(connection)
        folders_at = self.state.all_published_folder.stat().st_mtime_ns
        seen = {
            one.kind: (
                revisions.get(one.kind, 0),
                folders_at,
                int(now // (one.looks_again_seconds or math.inf)),
            )
            for one in self._kinds
        }
        changed = [one for one in self._kinds if seen[one.kind] != self._seen.get(one.kind)]
        if self._failures and now >= self._retry_at:
            changed = list(self._kinds)
        if not changed:
            return False
        done, _ = self._publish(changed, is_stopping, AT_ONCE)
        self._seen |= {one.kind: seen[one.kind] for one in changed if one.kind not in done.unfinished}
        self._retry_at = now + RETRY_SECONDS
        return bool(done.unfinished)

    def publish_forever(self, stopping: threading.Event) -> None:
        """Until `stopping`."""
        while not stopping.is_set():
            wait = POLL_SECONDS
            try:
                if self.publish_if_changed(time.monotonic(), stopping.is_set):
                    wait = 0
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
        return self._publish(self._kinds, is_stopping, None)[1]

    def _publish(
        self, kinds: Collection[PublishedKind], is_stopping: Callable[[], bool], at_once: int | None
    ) -> tuple[_Pass, CollectionRun | None]:
        pass_ = _Pass(user_folders(self.state.all_published_folder), is_stopping, at_once)
        if not self._swept:
            sweep(pass_.folders.values(), [PUBLISHED_SITE, *(kind.file for kind in self._kinds)])
        # What failed of kinds that are not looked at now fails still.
        looked_at = {PUBLISHED_SITE, *(kind.file for kind in kinds)}
        pass_.failures = {key: why for key, why in self._failures.items() if key[0] not in looked_at}
        for user, why in self._look.publish(pass_.folders).items():
            pass_.failures[PUBLISHED_SITE, user] = why
        for kind in kinds:
            self._publish_kind(kind, pass_)
        self._swept = True
        return pass_, self._note(pass_)

    def _publish_kind(self, kind: PublishedKind, pass_: _Pass) -> None:
        with self.store.reading() as connection:
            is_offered = kind.is_offered(connection)
            is_left = not is_offered and (not self._swept or has_publications(connection, kind.kind))
        if is_offered:
            self._write_due(kind, pass_)
        elif is_left:
            self._remove(kind, pass_)

    def _write_due(self, kind: PublishedKind, pass_: _Pass) -> None:
        now, folders = int(time.time()), pass_.folders
        with self.store.reading() as connection:
            around = kind.around(connection, time.monotonic())
            wanted = Wanted(
                kind.kind,
                around.digest,
                missing=users_without(folders, kind.file),
                fading=around.fading,
                faded_at=now - around.fading_seconds,
                among_all=folders if kind.is_for_all else (),
            )
            due = users_to_publish(connection, wanted)
        users = sorted(due.keys() & folders.keys())
        if pass_.at_once is not None and len(users) > pass_.at_once:
            users = users[: pass_.at_once]
            pass_.unfinished.add(kind.kind)
        for first in range(0, len(users), _TOGETHER):
            if pass_.is_stopping():
                break
            part = users[first : first + _TOGETHER]
            written = self._write(kind, part, around, pass_)
            self._note_published(kind, {user: due[user] for user in written}, around.digest, now)

    def _write(self, kind: PublishedKind, users: Sequence[str], around: Around, pass_: _Pass) -> list[str]:
        """Whose files were written. A disk takes as long for some files at once as for one."""
        written: list[str] = []
        begun: deque[tuple[str, Future[None]]] = deque()

        def end_one() -> None:
            user, writing = begun.popleft()
            try:
                writing.result()
            except FileNotFoundError:
                return  # forgotten a moment ago, folder and all
            except OSError as error:
                pass_.failures[kind.file, user] = error.strerror or str(error)
                return
            written.append(user)
            pass_.users.add(user)

        with self.store.reading() as connection, ThreadPoolExecutor(_WRITERS) as writers:
            for user, content in kind.contents(connection, users, around):
                if pass_.is_stopping():
                    break
                begun.append((user, writers.submit(write_into, pass_.folders[user], kind.file, content)))
                if len(begun) > _WRITERS:
                    end_one()
            while begun:
                end_one()
        return written

    def _remove(self, kind: PublishedKind, pass_: _Pass) -> None:
        """The facility has no source of this kind any more: the dashboards have no tab for it."""
        for user, folder in pass_.folders.items():
            try:
                (folder / kind.file).unlink()
                pass_.users.add(user)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                pass_.failures[kind.file, user] = error.strerror or str(error)
        with self.store.writing() as connection:
            forget_publications(connection, kind.kind)

    def _note_published(
        self, kind: PublishedKind, published: dict[str, int], presentation: str, now: int
    ) -> None:
        if published:
            with self.store.writing() as connection:
                note_published(connection, kind.kind, published, presentation, now)

    def _note(self, pass_: _Pass) -> CollectionRun | None:
        failures = pass_.failures
        news = bool(pass_.users) or failures != self._failures
        self._failures = failures
        if not news and not failures:
            return None
        reasons = {user: reason for (_, user), reason in failures.items()}
        run = CollectionRun(
            source=PUBLISHING,
            collector="publish",
            started_at=pass_.started_at,
            finished_at=time.time(),
            taken=len(pass_.users),
            known=0,
            rejected=0,
            error=_error(reasons),
            remedy="Make room, or let the collectors write there: the files stay as they were, "
            f"and are written again within {RETRY_SECONDS} s."
            if failures
            else None,
        )
        if news:
            for user, reason in reasons.items():
                _log.error("publishing for %s failed: %s", user, reason)
            with self.store.writing() as connection:
                note_run(connection, run)
        return run


def _error(failures: dict[str, str]) -> str | None:
    if not failures:
        return None
    named = ", ".join(f"{user} ({reason})" for user, reason in sorted(failures.items())[:5])
    more = f" and {len(failures) - 5} more" if len(failures) > 5 else ""
    return f"not published: {named}{more}"
