"""The first fill of all users' files, from a large facility's store to folders that are empty.

As the collectors do it: a thousand of each kind in a row, each file whole on disk before it has its name. The
time on the clock is the disk's more than ours, so the budget is of processor seconds.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from collectors.publish import Publisher
from tests.facilities.large import USERS, fill, user_name
from tests.factories import site
from usage_store.engine import open_store
from usermon.site_file import Source
from usermon.state_folder import PUBLISHED_IO, PUBLISHED_JOBS, PUBLISHED_STORAGE, StateFolder

_MOST_CPU_SECONDS = 40
_MOST_SECONDS_FOR_THE_FIRST = 60
_FILES = (PUBLISHED_STORAGE, PUBLISHED_IO, PUBLISHED_JOBS)


def measure() -> Iterator[Figure]:
    # Never read: they say that the facility has such files.
    sources = (Source("reads", "io_log", Path("/"), 60, "UTC"), Source("queues", "slurm", None, 60, "UTC"))
    with tempfile.TemporaryDirectory(prefix="usermon-publishing-") as folder:
        store = open_store(f"sqlite:///{folder}/usermon.db")
        fill(store, int(time.time()))
        state = StateFolder(Path(folder, "state"))
        for number in range(USERS):
            state.published_folder(user_name(number)).mkdir(parents=True)
        publisher = Publisher(store, state, site(*sources))
        started, cpu = time.perf_counter(), time.process_time()
        is_more = publisher.publish_if_changed(time.monotonic())
        first = time.perf_counter() - started
        while is_more:
            is_more = publisher.publish_if_changed(time.monotonic())
        spent, cpu = time.perf_counter() - started, time.process_time() - cpu
        written = sum(1 for name in _FILES for _ in state.all_published_folder.glob(f"*/{name}"))
        store.close()
    if written != len(_FILES) * USERS:
        raise RuntimeError(f"{written} files were written of {len(_FILES)} for each of {USERS} users")
    yield Figure(
        f"first fill of three files for {USERS} users, processor",
        cpu,
        "s",
        _MOST_CPU_SECONDS,
        f"{spent:.0f} s on the clock, with the disk's",
    )
    yield Figure(
        "until the first thousand users have all three files",
        first,
        "s",
        _MOST_SECONDS_FOR_THE_FIRST,
        f"{3 * USERS} files in all, each flushed to the disk",
    )
