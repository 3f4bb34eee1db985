"""Keeping alerts while the overview is served: a thread that does a round twice a minute."""

import logging
import threading
from contextlib import suppress

from alerts.keeper import Keeper, Round
from overview.settings import OverviewSettings
from overview.site import SiteNow
from usage_store.engine import Store
from usermon.errors import UsermonError

EVERY_SECONDS = 30
_STOP_SECONDS = 10
_log = logging.getLogger(__name__)


class AlertService:
    """A round that fails is told in the log, once while it fails for the same reason, and tried again."""

    def __init__(self, keeper: Keeper, every_seconds: float = EVERY_SECONDS) -> None:
        self._keeper = keeper
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._complaint: str | None = None
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """The round that runs ends first, after the mail that it is at, or is left alone after a while:
        what it saved goes on later."""
        self._stopping.set()
        self._keeper.end_soon()
        self._thread.join(_STOP_SECONDS)
        if not self._thread.is_alive():
            with suppress(UsermonError):
                self._keeper.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._round()
            self._stopping.wait(self._every_seconds)

    def _round(self) -> None:
        try:
            done = self._keeper.round()
        except UsermonError as error:
            self._complain(f"{error.message}. {error.remedy}")
        except Exception as unexpected:
            # Whatever it is, the next round may do.
            if self._complain(f"{type(unexpected).__name__}: {unexpected}"):
                _log.exception("this is a fault of Usermon: please report it")
        else:
            self._complaint = None
            _tell(done)

    def _complain(self, words: str) -> bool:
        is_new = words != self._complaint
        if is_new:
            _log.error("alerts are not kept: %s It is tried again twice a minute.", words)
        self._complaint = words
        return is_new


def start_alerts(store: Store, site: SiteNow, settings: OverviewSettings) -> AlertService:
    service = AlertService(Keeper(store, site, password_file=settings.smtp_password_file))
    service.start()
    return service


def _tell(done: Round) -> None:
    if done.begun or done.ended or done.sent:
        _log.info("alerts: %d began, %d ended, %d messages sent", done.begun, done.ended, done.sent)
