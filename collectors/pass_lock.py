"""One pass over a source at a time, whoever starts it: the agent in its container, or a person by hand."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from usermon.errors import UsermonError


class PassUnderWay(UsermonError):
    """Somebody else collects this source now."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source}: another pass over it is under way",
            "Wait for its end; `usermon-collect list` shows when it was.",
        )


@contextmanager
def only_pass(source: str, folder: Path) -> Iterator[None]:
    """Hold the source's lock, a file in `folder`. Ends with the process, so none is ever left behind.

    Raises PassUnderWay, or UsermonError when the lock cannot be made.
    """
    file = folder / f"collecting-{source}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Reading is enough to lock: the file may belong to root or to the containers' user.
        descriptor = os.open(file, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UsermonError(
            f"the lock {file} cannot be made: {error.strerror}",
            "Check USERMON_STATE_DIR, and who may write there.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PassUnderWay(source) from None
        yield
    finally:
        os.close(descriptor)
