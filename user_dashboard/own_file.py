"""One published file of this user, read again when it changed; what was good last stays on show."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from usermon.errors import UsermonError
from usermon.published_file import UnreadablePublishedFile
from web_shared.watched_file import WatchedFile

_log = logging.getLogger(__name__)

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Content]):
    """What is known now: `content` may be of an earlier file when `problem` says that this one is bad."""

    content: Content | None
    problem: UsermonError | None
    revision: str


class OwnFile(Generic[Content]):
    """`parse` makes of the file's bytes what is shown, once for each file; it raises what is wrong."""

    def __init__(self, path: Path, parse: Callable[[bytes], Content]) -> None:
        self._file = WatchedFile(path, parse)
        self._good: Content | None = None
        self._good_revision = 0
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        return self._file.path

    def is_there(self) -> bool:
        """Whether there is anything of this kind to show at this facility."""
        try:
            return self.path.is_file()
        except OSError:
            return False

    def read(self) -> Reading[Content]:
        """Never raises: a missing file is a new user, a damaged one comes with its `problem`."""
        try:
            content = self._file.read()
        except FileNotFoundError:
            return self._reading(None)
        except (OSError, UsermonError) as error:
            problem = error if isinstance(error, UsermonError) else _unreadable(error)
            _log.warning("%s: %s (%s)", self._file.path, problem.message, problem.__cause__ or error)
            return self._reading(problem)
        with self._lock:
            if content is not self._good:
                self._good = content
                self._good_revision += 1
        return self._reading(None)

    def _reading(self, problem: UsermonError | None) -> Reading[Content]:
        with self._lock:
            state = problem.message if problem else ""
            return Reading(self._good, problem, f"{self._good_revision} {state}")


def check_owner(published_user: str, user: str) -> None:
    """Raises UnreadablePublishedFile for somebody else's file."""
    if published_user != user:
        raise UnreadablePublishedFile(
            "the published data belongs to another user", "Tell your administrators: it was not shown."
        )


def zone_named(name: str) -> ZoneInfo:
    """UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _unreadable(error: OSError) -> UnreadablePublishedFile:
    return UnreadablePublishedFile(
        f"the published data cannot be read ({error.strerror})", "Tell your administrators."
    )
