"""`python -OO -m user_dashboard.prepare [FILE]`: starts a dashboard, and notes all that it compiled.

Run when the image is built, for a user that nobody is; `prepared.py` is the other half.
"""

import dataclasses
import io
import marshal
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from user_dashboard import prepared

# Of a dashboard that no network reaches. The hash is as cheap as argon2 allows.
_USER, _PASSWORD = "nobody", "none"
_HASH = "$argon2id$v=19$m=8,t=1,p=1$R5zwOMCEoyclzAqwo6aCbQ$4PbumvwvWbv9BDMyhkKkp5QcmMOf1dYPdsbU3XF7IAU"


class _Notes:
    """What was compiled since `listen`."""

    def __init__(self) -> None:
        self.texts: dict[str, CodeType] = {}
        self.templates: dict[str, CodeType] = {}

    def listen(self) -> None:
        def note_text(text: str, names: dict[str, Any], own_names: dict[str, Any] | None = None) -> None:
            self.texts[text] = compile(text, "<string>", "exec")
            exec(self.texts[text], names, own_names)  # noqa: S102 - in the place of what dataclasses calls

        vars(dataclasses)["exec"] = note_text


def _start_and_answer(notes: _Notes, folder: Path) -> None:
    """All that a dashboard does until somebody who signed in has the page."""
    import user_dashboard.__main__  # noqa: F401  # first: it says what is left out
    from user_dashboard.app import create_app
    from user_dashboard.prepared_templates import TemplateCodes
    from user_dashboard.settings import Settings
    from usermon.state_folder import LINK_KEY, PASSWORD_HASH, SESSION_KEY

    for name in (LINK_KEY, SESSION_KEY):
        (folder / name).write_text("A" * 43, encoding="ascii")
    (folder / PASSWORD_HASH).write_text(_HASH, encoding="ascii")
    app = create_app(Settings(_USER, folder, folder, "127.0.0.1", 1, 300.0))
    app.jinja_env.bytecode_cache = TemplateCodes(notes.templates)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for path in ("/healthz", "/login", "/", "/_dash-layout", "/_dash-dependencies"):
        status = _ask(app, path)
        if not status.startswith("200"):
            raise RuntimeError(f"the dashboard answers {path} with {status}")


def _ask(app: Callable[..., Any], path: str) -> str:
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_AUTHORIZATION": "Basic " + b64encode(f"{_USER}:{_PASSWORD}".encode()).decode(),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    b"".join(app(environ, lambda status, *_others: statuses.append(status)))
    return statuses[0]


def _modules() -> tuple[dict[str, tuple[str, bool, int, int]], bytes]:
    """Of all that were loaded from a file, in the order of loading: their places, and their code."""
    places, codes = {}, io.BytesIO()
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or type(spec.loader) is not SourceFileLoader or spec.name != name:
            continue
        written = marshal.dumps(spec.loader.get_code(name))
        is_package = spec.submodule_search_locations is not None
        places[name] = (spec.origin or "", is_package, codes.tell(), len(written))
        codes.write(written)
    return places, codes.getvalue()


def main() -> None:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else prepared.FILE)
    target.unlink(missing_ok=True)  # else the start would take from it
    notes = _Notes()
    notes.listen()
    with tempfile.TemporaryDirectory() as folder:
        _start_and_answer(notes, Path(folder))
    places, codes = _modules()
    contents = marshal.dumps((prepared.STAMP, places, notes.texts, notes.templates))
    target.write_bytes(len(contents).to_bytes(prepared.SIZE_BYTES, "big") + contents + codes)


if __name__ == "__main__":
    main()
