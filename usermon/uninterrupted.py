"""Making many objects at once without the garbage collector, which would go through all of them again and
again, a third of all time, and find nothing."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[Callable[[], object]]:
    """For a short while, and for work that makes no rings of objects.

    Work that takes longer calls what it gets here whenever few of its objects are left: the rings that the
    libraries below it made go then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield _collect_newest
    finally:
        if was_enabled:
            gc.enable()


def _collect_newest() -> None:
    gc.collect(0)
