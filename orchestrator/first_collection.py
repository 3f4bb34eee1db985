"""After the collectors started: waiting until every source was read once, so that pages have data."""

import time
from collections.abc import Callable, Sequence

from usage_store.collection_runs import latest_runs
from usage_store.engine import Store

WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.3


def wait_for_first_runs(
    store: Store,
    sources: Sequence[str],
    still_runs: Callable[[], bool],
    timeout_seconds: float = WAIT_SECONDS,
) -> list[str]:
    """Returns the sources without a run when time is up, or when the collectors do not run any more."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        with store.reading() as connection:
            read = {run.source for run in latest_runs(connection)}
        missing = [source for source in sources if source not in read]
        if not missing or time.monotonic() > deadline or not still_runs():
            return missing
        time.sleep(_POLL_SECONDS)
