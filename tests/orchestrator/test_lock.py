"""One run at a time."""

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from orchestrator.lock import AnotherRunHoldsTheLock, hold_lock


def hold(path: Path, held: Event, release: Event) -> None:
    with hold_lock(path, "up"):
        held.set()
        release.wait(30)


class Holder:
    """Another process that holds the lock."""

    def __init__(self, path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.held, self.release = context.Event(), context.Event()
        self.process = context.Process(target=hold, args=(path, self.held, self.release))
        self.process.start()
        assert self.held.wait(30)


def test_the_second_waits_and_is_told_for_whom(tmp_path: Path) -> None:
    holder = Holder(tmp_path / "lock")
    told: list[str] = []

    def let_go(who: str) -> None:
        told.append(who)
        holder.release.set()

    with hold_lock(tmp_path / "lock", "up", note_waiting=let_go):
        assert len(told) == 1
        assert f"pid {holder.process.pid}" in told[0]
        assert "`up`" in told[0]
    holder.process.join()


def test_a_wait_that_takes_too_long_names_the_holder(tmp_path: Path) -> None:
    holder = Holder(tmp_path / "lock")
    with (
        pytest.raises(AnotherRunHoldsTheLock, match=f"pid {holder.process.pid}"),
        hold_lock(tmp_path / "lock", "up", wait_seconds=0),
    ):
        pass
    holder.release.set()
    holder.process.join()


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    holder = Holder(tmp_path / "lock")
    assert holder.process.pid is not None
    os.kill(holder.process.pid, signal.SIGKILL)
    holder.process.join()
    with hold_lock(tmp_path / "lock", "up", wait_seconds=0):
        pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_lock(tmp_path / "lock", "up"):
        raise ZeroDivisionError
    with hold_lock(tmp_path / "lock", "up", wait_seconds=0):
        pass
