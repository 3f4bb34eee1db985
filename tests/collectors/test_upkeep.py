"""Once an hour old data is kept up; neither a failure nor the end of the program waits for it."""

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collectors.upkeep import keep_up_forever
from tests.host_samples import host_usage, save
from usage_store.engine import Store, open_store
from usermon.retention import DAY_SECONDS, Retention

LONG_AGO = 1_600_000_000


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """By the upkeep alone: whatever ran before may have let others speak."""
    return [record.getMessage() for record in caplog.records if record.name == "collectors.upkeep"]


@contextmanager
def kept_up(store: Store, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """While upkeep runs, and has told something."""
    stopping = threading.Event()
    thread = threading.Thread(target=keep_up_forever, args=(store, Retention(), stopping, 0.0))
    with caplog.at_level(logging.INFO, "collectors.upkeep"):
        thread.start()
        give_up_at = time.monotonic() + 20
        while not told(caplog) and time.monotonic() < give_up_at:
            time.sleep(0.01)
        try:
            yield
        finally:
            stopping.set()
            thread.join(20)
            assert not thread.is_alive()


def test_old_minutes_of_hosts_become_hours(sqlite_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    save(sqlite_store, [host_usage(time=LONG_AGO), host_usage(time=LONG_AGO + 90 * DAY_SECONDS)])
    with kept_up(sqlite_store, caplog):
        assert told(caplog) == ["hosts: 1 old rows made coarser, 0 dropped"]


def test_a_store_that_fails_is_told_and_asked_again_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "lost"
    store = open_store(f"sqlite:///{folder / 'usermon.db'}")
    store.close()
    shutil.rmtree(folder)
    with kept_up(store, caplog):
        assert "unable to open database file" in told(caplog)[0]
