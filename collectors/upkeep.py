"""The hub's collectors let the store's old data become coarser and go, once an hour."""

import logging
import threading
import time

from usage_store.engine import Store
from usage_store.upkeep import keep_up
from usermon.errors import UsermonError
from usermon.retention import Retention

EVERY_SECONDS = 3600
# Whoever starts collects first.
_FIRST_AFTER_SECONDS = 60

_log = logging.getLogger(__name__)


def keep_up_forever(
    store: Store,
    retention: Retention,
    stopping: threading.Event,
    first_after: float = _FIRST_AFTER_SECONDS,
) -> None:
    """Returns soon after `stopping` is set."""
    wait = first_after
    while not stopping.wait(wait):
        wait = EVERY_SECONDS
        try:
            for upkeep in keep_up(store, retention, int(time.time()), stopping.is_set):
                _log.info(
                    "%s: %d old rows made coarser, %d dropped", upkeep.kind, upkeep.rolled_up, upkeep.dropped
                )
        except UsermonError as error:
            _log.error("upkeep of the store: %s. %s", error.message, error.remedy)
        except Exception:
            _log.exception("upkeep of the store failed")
