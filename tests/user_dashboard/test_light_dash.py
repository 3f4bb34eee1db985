"""What the dashboard leaves out at its start stays out, and Dash works without."""

import json
import subprocess
import sys

from tests.web_shared.accounts import PASSWORD
from user_dashboard.settings import Settings

_LOADED = """
import base64, json, sys
from pathlib import Path
import user_dashboard.light_flask
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
app = create_app(Settings("alice", Path(sys.argv[1]), Path(sys.argv[2]), "127.0.0.1", 1, 300.0))
basic = base64.b64encode(b"alice:" + sys.argv[3].encode()).decode()
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
           "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Basic {basic}", "wsgi.url_scheme": "http"}
answers = []
app(environ, lambda status, headers: answers.append(status))
print(json.dumps({"status": answers[0], "modules": sorted(sys.modules)}))
"""


def loaded_modules(*arguments: str) -> tuple[str, set[str]]:
    """In a process of its own, as optimised as in the container."""
    done = subprocess.run(
        [sys.executable, "-OO", "-c", _LOADED, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    return answer["status"], set(answer["modules"])


def test_a_dashboard_loads_nothing_that_it_does_not_use(settings: Settings) -> None:
    status, modules = loaded_modules(str(settings.data_folder), str(settings.secrets_folder), PASSWORD)
    assert status == "200 OK"
    for heavy in ("narwhals", "plotly.basedatatypes", "pandas", "numpy", "pydantic", "sqlalchemy", "brotli"):
        assert heavy not in modules, heavy
    for heavy in (
        "asyncio.events",
        "click.core",
        "http.server",
        "ssl",
        "importlib.metadata._meta",
        "importlib_metadata._meta",
        "werkzeug.debug.repr",
        "multiprocessing",
        "zipfile",
    ):
        assert heavy not in modules, heavy
    assert "dash.html.Div" in modules
    assert "dash.html.Marquee" not in modules
    assert not [name for name in modules if name.startswith(("usage_store", "overview", "orchestrator"))]
