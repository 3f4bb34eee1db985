"""The collectors' loop: each source at its own period, and published files always up to date."""

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from collectors.one_pass import run_pass
from collectors.pass_lock import PassUnderWay, only_pass
from collectors.publish import Publisher
from collectors.store_sink import StoreSink
from usage_store.engine import Store
from usermon.errors import UsermonError
from usermon.site_file import Source
from usermon.state_folder import StateFolder

# The container's health check looks at its age: see the orchestrator's spec of the collectors.
HEARTBEAT = Path("/tmp/heartbeat")  # noqa: S108 - in a container, whose /tmp is its own
HEARTBEAT_SECONDS = 15
# How soon a new user's folder is filled.
POLL_SECONDS = 2.0
# A source that failed is tried again after so long, or after its period when that is shorter.
RETRY_SECONDS = 60
# A pass that hangs in a dead network file system must not keep the process from ending.
PATIENCE_SECONDS = 5

_log = logging.getLogger(__name__)


@dataclass
class Agent:
    """Collects until `stop()`. Each source has a thread, so that one that hangs holds up no other."""

    store: Store
    state: StateFolder
    sources: tuple[Source, ...]
    publisher: Publisher
    heartbeat: Path = HEARTBEAT
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Returns after `stop()`, when the passes under way have come to an end."""
        threads = [
            threading.Thread(target=self._collect, args=(source,), name=source.name, daemon=True)
            for source in self.sources
        ]
        threads.append(threading.Thread(target=self._publish, name="publishing", daemon=True))
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
            with only_pass(source.name, self.state.store_folder):
                run = run_pass(StoreSink(self.store), source, self._stopping.is_set)
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

    def _publish(self) -> None:
        while not self._stopping.is_set():
            wait = POLL_SECONDS
            try:
                self.publisher.publish_if_changed(time.monotonic(), self._stopping.is_set)
            except UsermonError as error:
                _log.error("publishing: %s. %s", error.message, error.remedy)
                wait = RETRY_SECONDS
            except Exception:
                _log.exception("publishing failed")
                wait = RETRY_SECONDS
            self._stopping.wait(wait)
