"""usermon.toml as it is now, for programs that stay: read again when it was changed or replaced."""

import logging
import threading
from pathlib import Path

from usermon.errors import SettingsError, UsermonError
from usermon.site_file import SiteFile, read_site_file

_log = logging.getLogger(__name__)
_Stamp = tuple[int, int, int]


class SiteOnDisk:
    """Call it for what the file says now. A file that became wrong is told of in the log, once, and what it
    said before stays; `problem` says why meanwhile. Asking costs one stat() while the file stays as it is."""

    def __init__(self, path: Path, default_timezone: str) -> None:
        """Raises SettingsError: at the start there is nothing before that could stay."""
        self._path = path
        self._default_timezone = default_timezone
        self._lock = threading.Lock()
        self._stamp = _stamp_of(path)
        self._good = read_site_file(path, default_timezone)
        self._problem: UsermonError | None = None

    @property
    def problem(self) -> UsermonError | None:
        self()
        with self._lock:
            return self._problem

    def __call__(self) -> SiteFile:
        with self._lock:
            stamp = _stamp_of(self._path)
            if stamp != self._stamp:
                # Before reading: what is written meanwhile has another stamp, and is read at the next call.
                self._stamp = stamp
                self._read_again()
            return self._good

    def _read_again(self) -> None:
        try:
            self._good = read_site_file(self._path, self._default_timezone)
        except SettingsError as error:
            self._problem = error
            _log.error("%s. %s What it said before stays in force.", error.message, error.remedy)
        except Exception:
            # Whatever is in it: who asks has what it said before, and must not fail of it.
            fault = UsermonError(
                f"{self._path} cannot be read", "This is a fault of Usermon: please report it."
            )
            self._problem = fault
            _log.exception("%s. %s What it said before stays in force.", fault.message, fault.remedy)
        else:
            self._problem = None
            _log.info("%s has changed and was read again", self._path)


def _stamp_of(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
