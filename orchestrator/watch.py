"""`watch`: stays, and keeps what runs as the lists want it.

Four things wake it: a list or usermon.toml changed, the engine says that a container ended, a while has
passed, or the last attempt failed and its pause is over. Nothing that goes wrong outside ends it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.backoff import Backoff
from orchestrator.bring_up import UpResult, bring_up
from orchestrator.deployment import Deployment
from orchestrator.engine_events import EngineEvents
from orchestrator.file_changes import FileChanges
from orchestrator.observe import observe
from orchestrator.progress import Progress
from orchestrator.states import record_observed
from orchestrator.up_plan import UpRequest
from orchestrator.visits import last_visits
from orchestrator.wanted_users import RejectedName
from usermon.errors import UsermonError

_log = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 1.0
# An engine restarts a crashed container by itself; it gets the chance to.
_SETTLE_SECONDS = 2.0


@dataclass
class Watch:
    """`read_request` reads the lists anew each time."""

    deployment: Deployment
    read_request: Callable[[], UpRequest]
    files: FileChanges
    events: EngineEvents
    progress: Progress
    reconcile_every_seconds: float = 300.0
    record_every_seconds: float = 30.0
    _reconcile_at: float = 0.0
    _record_at: float = 0.0
    _told_rejected: tuple[RejectedName, ...] = ()
    _reconcile_backoff: Backoff = field(default_factory=lambda: Backoff(first_seconds=5.0))
    _record_backoff: Backoff = field(default_factory=lambda: Backoff(first_seconds=5.0))

    def run(self) -> None:
        """Until an exception from outside (SIGTERM, Ctrl-C) ends it."""
        self.events.listen_in_background()
        while True:
            self.look(time.monotonic())
            time.sleep(_LOOK_EVERY_SECONDS)

    def look(self, now: float) -> None:
        """Do what is due at `now`."""
        if self.files.settled_change():
            self._reconcile_at = now
            self._reconcile_backoff.reset()
        elif self.events.trouble.is_set():
            self.events.trouble.clear()
            # Never sooner than a failure's pause ends: a container that always dies is not started in a loop.
            if self._reconcile_backoff.failures == 0:
                self._reconcile_at = min(self._reconcile_at, now + _SETTLE_SECONDS)
        if now >= self._reconcile_at:
            pause = self._reconcile()
            self._reconcile_at = now + pause
            self._record_at = now  # tell the overview at once
        if now >= self._record_at:
            self._record_at = now + self._record()

    def _reconcile(self) -> float:
        """Returns the seconds until the next time."""
        try:
            request = self.read_request()
            self._tell_rejected(request.wanted.rejected)
            result = bring_up(self.deployment, request, self.progress)
        except UsermonError as error:
            _log.error("%s (%s)", error.message, error.remedy)
            return self._reconcile_backoff.next_pause()
        if _log_failures(result):
            return self._reconcile_backoff.next_pause()
        self._reconcile_backoff.reset()
        return self.reconcile_every_seconds

    def _tell_rejected(self, rejected: tuple[RejectedName, ...]) -> None:
        if rejected != self._told_rejected:
            for r in rejected:
                _log.warning("rejected: %s, line %d: %r: %s", r.file, r.line, r.text, r.reason)
            self._told_rejected = rejected

    def _record(self) -> float:
        try:
            observed = observe(self.deployment)
            record_observed(self.deployment, observed, last_visits(self.deployment, observed.dashboards))
        except UsermonError as error:
            _log.error("%s (%s)", error.message, error.remedy)
            return self._record_backoff.next_pause()
        self._record_backoff.reset()
        return self.record_every_seconds


def _log_failures(result: UpResult) -> bool:
    for note in result.notes:
        _log.info("%s", note)
    failures = [outcome.error for outcome in result.outcomes if outcome.error is not None]
    for error in failures:
        _log.error("%s (%s)", error.message, error.remedy)
    return bool(failures)
