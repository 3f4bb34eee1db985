"""The collectors' loop: each source at its own period, and whatever else is to be done meanwhile."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collectors.one_pass import run_pass
from collectors.pass_lock import PassUnderWay, only_pass
from collectors.sinks import Sink
from usermon.errors import UsermonError
from usermon.site_file import Source

# The container's health check looks at its age: see the orchestrator's spec of the collectors.
HEARTBEAT = Path("/tmp/heartbeat")  # noqa: S108 - in a container, whose /tmp is its own
HEARTBEAT_SECONDS = 15
# A source that failed is tried again after so long, or after its period when that is shorter.
RETRY_SECONDS = 60
# A pass that hangs in a dead network file system must not keep the process from ending.
PATIENCE_SECONDS = 5

_log = logging.getLogger(__name__)


@dataclass
class Agent:
    """Collects until `stop()`. Each source has a thread, so that one that hangs holds up no other.

    `locks` is the folder where a pass holds its source's lock. Each of `besides`, by its name, has a thread
    too: publishing, or delivering to a hub. It is given the event that tells it to end.
    """

    sink: Sink
    locks: Path
    sources: tuple[Source, ...]
    besides: Mapping[str, Callable[[threading.Event], None]]
    heartbeat: Path = HEARTBEAT
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Returns after `stop()`, when the passes under way have come to an end."""
        threads = [
            threading.Thread(target=self._collect, args=(source,), name=source.name, daemon=True)
            for source in self.sources
        ]
        threads += [
            threading.Thread(target=work, args=(self._stopping,), name=name, daemon=True)
            for name, work in self.besides.items()
        ]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set():
            self._beat()
            self._stopping.wait(HEARTBEAT_SECONDS)
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, give_up_at - time.monotonic()))
        self.heartbeat.unlink(missing_ok=True)

    def stop(self) -> None:
        """Safe to call from a signal handler."""
        self._stopping.set()

    def _beat(self) -> None:
        try:
            self.heartbeat.touch()
        except OSError as error:
            _log.warning("cannot touch %s: %s", self.heartbeat, error.strerror)

    def _collect(self, source: Source) -> None:
        while not self._stopping.is_set():
            started = time.monotonic()
            wait = (
                source.every_seconds if self._one_pass(source) else min(source.every_seconds, RETRY_SECONDS)
            )
            self._stopping.wait(max(0.0, started + wait - time.monotonic()))

    def _one_pass(self, source: Source) -> bool:
        """Whether it succeeded."""
        try:
            with only_pass(source.name, self.locks):
                run = run_pass(self.sink, source, self._stopping.is_set)
        except PassUnderWay as error:
            _log.info("%s", error.message)
            return True
        except UsermonError as error:
            _log.error("%s. %s", error.message, error.remedy)
            return False
        except Exception:
            _log.exception("collecting %s failed", source.name)
            return False
        if run.error:
            _log.error("%s. %s", run.error, run.remedy)
        else:
            _log.info(
                "%s: %d taken, %d known, %d rejected in %.1f s",
                *(source.name, run.taken, run.known, run.rejected, run.finished_at - run.started_at),
            )
        return run.error is None
