"""Flask without its development server, test client and command line. To be imported before flask is.

They come with `import flask`, and with them http.server, ssl, click and importlib.metadata: 2 MB and a tenth
of a dashboard's start. Where Flask was loaded before, as in tests, nothing changes.
tests/user_dashboard/test_light_dash.py notices when a new Flask wants more.
"""

import sys

from user_dashboard.stand_ins import load_later, stand_in


class _AppGroup:
    """Every app and blueprint has one, for commands that nobody adds."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.commands: dict[str, object] = {}


if "flask" not in sys.modules:
    stand_in("werkzeug.serving", run_simple=None, make_server=None, is_running_from_reloader=lambda: False)
    stand_in("werkzeug.test", Client=None)
    stand_in("flask.cli", AppGroup=_AppGroup)
    # Of Python's own library: what is imported for rare cases.
    for _rare in ("click", "decimal", "difflib", "ipaddress", "subprocess"):
        load_later(_rare)
