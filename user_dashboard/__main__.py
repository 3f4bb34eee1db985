"""`python -m user_dashboard`: serve one user's dashboard."""

# ruff: noqa: E402
import gc

# Starting makes objects that stay: looking through them for garbage costs a tenth of the start.
gc.disable()

from user_dashboard import prepared  # isort: skip

_PREPARED = prepared.use(prepared.FILE)  # before anything that it has

import user_dashboard.light_flask  # noqa: F401  # isort: skip - before flask

import logging
import os
import signal
import sys
from types import FrameType

import waitress

from user_dashboard.app import create_app
from user_dashboard.events import Events
from user_dashboard.prepared_templates import TemplateCodes
from user_dashboard.server import SERVER_OPTIONS
from user_dashboard.settings import from_environment
from usermon.errors import UsermonError
from usermon.logs import set_up_logging

_log = logging.getLogger("user_dashboard")


def main() -> int:
    set_up_logging()
    try:
        settings = from_environment(os.environ)
    except UsermonError as error:
        sys.stderr.write(f"error: {error.message}\nfix: {error.remedy}\n")
        return 2
    # A browser opens six connections at once: that four threads take them in turn is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(settings)
    if _PREPARED is not None:
        app.jinja_env.bytecode_cache = TemplateCodes(_PREPARED)
    gc.freeze()
    gc.enable()
    events: Events = app.extensions["usermon_events"]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        events.stop()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    _log.info("dashboard of %s on %s:%d", settings.user, settings.host, settings.port)
    waitress.serve(app, host=settings.host, port=settings.port, **SERVER_OPTIONS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
