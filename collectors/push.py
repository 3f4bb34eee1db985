"""Delivering what is in the spool: in order, each batch until the hub has it or says that it never will."""

import fcntl
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from collectors.hub import Hub, HubAnswer
from collectors.hub_sink import RUNS
from collectors.spool import BatchUnreadable, Dropped, Spool, Spooled, SpoolUnwritable
from usermon.batch import DELIVERY, DeliveredRun, Envelope, RejectedInFile, pack
from usermon.errors import UsermonError
from usermon.records import Rejected

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 300.0
# A source that is refused waits for an admin, who makes another token or a newer hub.
HELD_SECONDS = 300.0
# How soon a new batch is seen.
POLL_SECONDS = 1.0
_POLL_HELD_SECONDS = 15.0  # the whole spool is looked through
# The fault is the batch's own, and time heals none of them.
_NEVER = frozenset({400, 413, 415, 422})

_chance = random.SystemRandom()
_log = logging.getLogger(__name__)


class DeliveryUnderWay(UsermonError):
    """Another process delivers from this spool."""


class NotDelivered(UsermonError):
    """The hub took nothing this time; `wait_seconds` is what it asked for, if it did."""

    def __init__(self, message: str, remedy: str, wait_seconds: float | None = None) -> None:
        super().__init__(message, remedy)
        self.wait_seconds = wait_seconds


class SourceRefused(UsermonError):
    """The token may not deliver this source, or the hub is too old for its kind; others may pass."""


@dataclass
class Pusher:
    """Brings the spool's batches to the hub. One thread runs it."""

    spool: Spool
    hub: Hub
    first_wait: float = FIRST_WAIT_SECONDS
    when_dropped: Callable[[str], None] = lambda _source: None  # told of a source of which batches went
    _held: dict[str, float] = field(default_factory=dict)
    _failures: int = 0
    _told: str = ""

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`: deliver whatever comes; while the hub is away, wait longer and longer."""
        while not stopping.is_set():
            try:
                with only_delivery(self.spool):
                    self._deliver_until(stopping)
            except UsermonError as error:
                self._tell(logging.WARNING, f"{error.message}. {error.remedy}")
                stopping.wait(self._wait(None))
            except Exception:
                _log.exception("delivering failed; it is tried again")
                stopping.wait(self._wait(None))
        self.hub.close()

    def deliver_all(self) -> None:
        """What is in the spool now. Raises UsermonError where something stays there."""
        refused: UsermonError | None = None
        with only_delivery(self.spool):
            self._tell_dropped()
            while (batch := self.spool.oldest(self._held_now())) is not None:
                try:
                    self._deliver(batch)
                except SourceRefused as error:
                    self._hold(batch.source)
                    refused = error
        if refused is not None:
            raise refused

    def _deliver_until(self, stopping: threading.Event) -> None:
        self._tell_dropped()
        while not stopping.is_set():
            batch = self.spool.oldest(self._held_now())
            if batch is None:
                self.hub.close()  # hundreds of agents that keep theirs would take all that the hub has
                stopping.wait(_POLL_HELD_SECONDS if self._held else POLL_SECONDS)
                continue
            try:
                self._deliver(batch)
            except SourceRefused as error:
                self._hold(batch.source)
                _log.error("%s. %s", error.message, error.remedy)
            except UsermonError as error:
                self._tell(
                    logging.WARNING,
                    f"{error.message}. {error.remedy} ({len(self.spool)} batches wait)",
                )
                stopping.wait(self._wait(getattr(error, "wait_seconds", None)))
            else:
                if self._failures:
                    self._failures = 0
                    self._tell(
                        logging.INFO,
                        f"the hub {self.hub.shown} takes batches again: {len(self.spool)} wait",
                    )
                self._tell_dropped()

    def _deliver(self, batch: Spooled) -> None:
        """Raises UsermonError where the batch stays."""
        try:
            content = self.spool.read(batch)
        except FileNotFoundError:
            self.spool.remove(batch)  # made room for newer ones meanwhile
            return
        except BatchUnreadable as error:
            aside = self.spool.set_aside(batch, error.message)
            _log.error("%s. It holds up no other, and is kept as %s. %s", error.message, aside, error.remedy)
            self._report(batch.source, error.message, f"It is kept as {aside}. {error.remedy}")
            return
        answer = self.hub.send(batch.kind, batch.key, content)
        if answer.is_taken:
            self.spool.remove(batch)
            for one in answer.content.get("not_kept", []):
                _log.warning("%s: the hub rejects a record: %s", batch.source, one)
        elif answer.status in _NEVER and (answer.error is not None or answer.status == 413):
            self._set_aside(batch, answer)
        elif answer.error is not None and (
            answer.status == 404 or (answer.status == 403 and "source" in answer.error)
        ):
            raise SourceRefused(f"{batch.source}: {answer.error}", str(answer.content.get("remedy", "")))
        else:
            raise _not_delivered(self.hub, answer)

    def _set_aside(self, batch: Spooled, answer: HubAnswer) -> None:
        reason = f"{answer.status}: {answer.error or 'too large for what stands before the hub'}"
        aside = self.spool.set_aside(batch, reason)
        _log.error(
            "the hub refuses a batch of %s for good: %s. It is kept as %s", batch.source, reason, aside
        )
        if batch.kind != RUNS:  # no report of a report: they would never end
            self._report(
                batch.source, f"the hub refused a batch for good: {reason}", f"It is kept as {aside}."
            )

    def _tell_dropped(self) -> None:
        """The hub learns what the spool had to drop, before anything else."""
        with self.spool.lock:  # nothing is dropped between telling and forgetting it
            for source, one in self.spool.dropped().items():
                if not self._report_dropped(source, one):
                    return  # the disk is full still: after the next batch, which makes room
                self.when_dropped(source)
                self.spool.forget_dropped(source)

    def _report_dropped(self, source: str, one: Dropped) -> bool:
        times = (one.first_at, one.last_at)
        began, ended = (time.strftime("%Y-%m-%d %H:%M", time.gmtime(t)) for t in times)
        return self._report(
            source,
            f"{one.batches} batches were dropped from {began} to {ended} UTC: the agent's spool was full",
            "Give it more room (USERMON_SPOOL_MB, its disk), or look why the hub was away for so long.",
        )

    def _report(self, source: str, error: str, remedy: str) -> bool:
        """Whether there was room for it: delivering what waits must never depend on that."""
        now = time.time()
        # As the run's error it is seen until the next run ends; as a rejected line it stands for a week.
        line = RejectedInFile(DELIVERY, 0, (Rejected(0, "", error),))
        envelope = Envelope(source, "agent", DeliveredRun(now, now, error, remedy), (line,))
        try:
            self.spool.put_first(RUNS, source, pack(envelope, []))
        except SpoolUnwritable as unwritable:
            _log.debug("%s", unwritable.message)
            return False
        return True

    def _held_now(self) -> frozenset[str]:
        now = time.monotonic()
        self._held = {source: until for source, until in self._held.items() if until > now}
        return frozenset(self._held)

    def _hold(self, source: str) -> None:
        self._held[source] = time.monotonic() + HELD_SECONDS

    def _wait(self, asked: float | None) -> float:
        """Longer with each failure, and never the same for all agents."""
        longest = min(self.first_wait * 2**self._failures, LONGEST_WAIT_SECONDS)
        self._failures = min(self._failures + 1, 20)
        wait = _chance.uniform(longest / 2, longest)
        return (
            wait if asked is None else max(wait, min(asked, LONGEST_WAIT_SECONDS) * _chance.uniform(1, 1.5))
        )

    def _tell(self, level: int, message: str) -> None:
        """Once for as long as it stays the same, so that a night without hub is no million lines."""
        shown = message.partition(" (")[0]
        if shown != self._told:
            self._told = shown
            _log.log(level, "%s", message)


def _not_delivered(hub: Hub, answer: HubAnswer) -> UsermonError:
    if answer.error is not None:
        return NotDelivered(
            f"the hub {hub.shown} takes no batches ({answer.status}): {answer.error}",
            str(answer.content.get("remedy", "")),
            answer.retry_after,
        )
    return hub.is_none(answer)


@contextmanager
def only_delivery(spool: Spool) -> Iterator[None]:
    """One process delivers at a time. Ends with the process. Raises DeliveryUnderWay."""
    try:
        descriptor = os.open(spool.folder / "lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SpoolUnwritable(
            f"the lock {spool.folder / 'lock'} cannot be opened: {error.strerror}",
            "Check who owns it, and whether the disk is full.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeliveryUnderWay(
                "another process delivers from this spool", "It delivers what was collected now as well."
            ) from None
        yield
    finally:
        os.close(descriptor)
