"""After the collectors started: waiting until every source was read once, so that pages have data."""

import time
from collections.abc import Callable, Sequence

from usage_store.collection_runs import latest_runs
from usage_store.engine import Store
from usermon.collection import CollectionRun

WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.3


def wait_for_first_runs(
    store: Store,
    sources: Sequence[str],
    since: float,
    still_runs: Callable[[], bool],
    timeout_seconds: float = WAIT_SECONDS,
) -> dict[str, CollectionRun | None]:
    """Each source's newest run that began at `since` or later; None where there is none when time is up, or
    when the collectors do not run any more. Older runs tell nothing of the settings of now."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        with store.reading() as connection:
            fresh = {run.source: run for run in latest_runs(connection) if run.started_at >= since}
        runs = {source: fresh.get(source) for source in sources}
        if None not in runs.values() or time.monotonic() > deadline or not still_runs():
            return runs
        time.sleep(_POLL_SECONDS)
