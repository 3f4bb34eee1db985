"""One run at a time changes a deployment. The kernel lets go of the lock when its holder dies."""

import fcntl
import getpass
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from usermon.errors import UsermonError

WAIT_SECONDS = 900.0
_POLL_SECONDS = 0.2


class AnotherRunHoldsTheLock(UsermonError):
    """Another run works on this deployment and did not end in time."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"another run works on this deployment: {holder}",
            "Wait until it ends, or end it; then run this again.",
        )
        self.holder = holder


@contextmanager
def hold_lock(
    path: Path,
    command: str,
    *,
    wait_seconds: float = WAIT_SECONDS,
    note_waiting: Callable[[str], None] = lambda _holder: None,
) -> Iterator[None]:
    """Hold the lock at `path`. While another run holds it, `note_waiting` is told once who, and we wait.

    Raises:
        AnotherRunHoldsTheLock: after `wait_seconds`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait_seconds, note_waiting)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_about_us(command)).encode(), 0)
        yield
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_seconds: float, note_waiting: Callable[[str], None]) -> None:
    deadline = time.monotonic() + wait_seconds
    noted = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = _read_holder(descriptor)
        if time.monotonic() >= deadline:
            raise AnotherRunHoldsTheLock(holder or "one that has just begun")
        if holder and not noted:
            note_waiting(holder)
            noted = True
        time.sleep(_POLL_SECONDS)


def _about_us(command: str) -> dict[str, str | int]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without an account, as in containers
        user = str(os.getuid())
    now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    return {"command": command, "pid": os.getpid(), "user": user, "since": now}


def _read_holder(descriptor: int) -> str | None:
    """None in the moment between taking the lock and saying so."""
    try:
        about = json.loads(os.pread(descriptor, 4096, 0))
        return f"`{about['command']}` of {about['user']} (pid {about['pid']}) since {about['since']}"
    except (ValueError, KeyError, TypeError):
        return None
