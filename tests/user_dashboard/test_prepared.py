"""A dashboard that takes what the image prepared is the same dashboard."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web_shared.accounts import PASSWORD
from user_dashboard.settings import Settings

_START = """
import base64, json, sys
from pathlib import Path
from user_dashboard import prepared
templates = prepared.use(sys.argv[1])
import user_dashboard.__main__
from user_dashboard.app import create_app
from user_dashboard.prepared_templates import TemplateCodes
from user_dashboard.settings import Settings
import jinja2
compiled = []
compile_anew = jinja2.Environment.compile
jinja2.Environment.compile = lambda *given: compiled.append(given[2]) or compile_anew(*given)
app = create_app(Settings("alice", Path(sys.argv[2]), Path(sys.argv[3]), "127.0.0.1", 1, 300.0))
if templates is not None:
    app.jinja_env.bytecode_cache = TemplateCodes(templates)
basic = base64.b64encode(b"alice:" + sys.argv[4].encode()).decode()
environ = {"REQUEST_METHOD": "GET", "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
           "HTTP_AUTHORIZATION": f"Basic {basic}", "wsgi.url_scheme": "http"}
pages = {}
for path in ("/", "/_dash-layout", "/login", "/nowhere"):
    body = app(environ | {"PATH_INFO": path}, lambda status, *_: pages.update({path: [status]}))
    pages[path].append(b"".join(body).decode())
loaders = [type(m.__spec__.loader).__module__ for m in sys.modules.values() if getattr(m, "__spec__", None)]
print(json.dumps({
    "pages": pages,
    "ready": loaders.count("user_dashboard.prepared"),
    "compiled": compiled,
    "settings": repr(Settings("a", Path("/d"), Path("/s"), "h", 1, 2.0)),
    "file": sys.modules["flask"].__file__,
}))
"""


@pytest.fixture(scope="module")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("image") / "prepared.bin"
    run("-OO", "-m", "user_dashboard.prepare", str(file))
    return file


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def started(file: Path, settings: Settings, optimised: str = "-OO") -> dict[str, Any]:
    folders = str(settings.data_folder), str(settings.secrets_folder)
    answer: dict[str, Any] = json.loads(run(optimised, "-c", _START, str(file), *folders, PASSWORD))
    return answer


def test_it_gives_the_same_pages_and_finds_nothing_anew(prepared_file: Path, settings: Settings) -> None:
    ready, anew = started(prepared_file, settings), started(Path("/nowhere"), settings)
    for path in ("/", "/nowhere"):
        assert ready["pages"][path] == anew["pages"][path]
    layouts = [json.loads(pages["/_dash-layout"][1]) for pages in (ready["pages"], anew["pages"])]
    assert layouts[0] == layouts[1]  # as data: Dash writes properties in any order
    # The page to sign in has other secrets each time.
    assert [status for status, _ in ready["pages"].values()][:3] == ["200 OK"] * 3
    assert (anew["ready"], ready["ready"] > 300) == (0, True)
    assert (len(anew["compiled"]) > 2, ready["compiled"]) == (True, [])
    for same in ("settings", "file"):
        assert ready[same] == anew[same]


def test_a_file_of_another_python_is_left_alone(prepared_file: Path, settings: Settings) -> None:
    assert started(prepared_file, settings, "-O")["ready"] == 0


def test_a_damaged_file_is_left_alone(prepared_file: Path, settings: Settings, tmp_path: Path) -> None:
    damaged = tmp_path / "prepared.bin"
    damaged.write_bytes(prepared_file.read_bytes()[:1000])
    assert started(damaged, settings)["ready"] == 0
