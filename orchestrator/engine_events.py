"""Listening to the engine in the background, for as long as it takes it to come back after a restart."""

import logging
import threading
import time

from orchestrator.backoff import Backoff
from orchestrator.runtimes import Runtime, RuntimeFailure

_log = logging.getLogger(__name__)

# What may need mending. Starts are mostly our own.
_TROUBLE = frozenset({"stopped", "removed", "unhealthy"})


class EngineEvents:
    """`trouble` is set when a container of ours ended, or when events may have been missed."""

    def __init__(self, runtime: Runtime) -> None:
        self.trouble = threading.Event()
        self._runtime = runtime
        self._backoff = Backoff(first_seconds=1.0, longest_seconds=30.0)

    def listen_in_background(self) -> None:
        # It blocks in the engine's stream, which nothing interrupts: it ends with the process.
        threading.Thread(target=self._listen, name="engine-events", daemon=True).start()

    def _listen(self) -> None:
        while True:
            began = time.monotonic()
            try:
                for event in self._runtime.events():
                    if event.kind in _TROUBLE:
                        _log.info("%s %s", event.user or event.name, event.kind)
                        self.trouble.set()
            except RuntimeFailure as error:
                _log.warning("%s", error.message)
            if time.monotonic() - began > 60:
                self._backoff.reset()
            time.sleep(self._backoff.next_pause())
            self.trouble.set()
