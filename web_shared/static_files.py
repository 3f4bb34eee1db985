"""Styles and scripts under addresses that hold a hash of their folder: browsers keep them for a year.

Of the folder, not of each file: scripts name one another relative to themselves, so that a module has one
address whichever page asks for it.
"""

import gzip
import hashlib
import mimetypes
import threading
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, make_response, request

from web_shared.compression import accepts_gzip

KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_HASH_LETTERS = 12

# Not left to the machine's own table: a minimal image has none, and `nosniff` makes a wrong type fatal.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    digest: str
    media_type: str
    plain: Path
    zipped: bytes | None


class StaticFolder:
    """Serves the files of one folder at /static/NAME/HASH/FILE; templates write `static_url(NAME, FILE)`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._assets: dict[str, _Asset] = {}
        self._digest_of_all: str | None = None
        self._lock = threading.Lock()

    def install(self, app: Flask) -> None:
        """May be called for several folders of one app."""
        folders: dict[str, StaticFolder] = app.extensions.setdefault("usermon_static", {})
        folders[self.name] = self
        app.jinja_env.globals["static_url"] = lambda name, file: folders[name].url(file)
        app.add_url_rule(
            f"/static/{self.name}/<digest>/<path:file>", f"static_{self.name}", self._serve, methods=["GET"]
        )

    def url(self, file: str) -> str:
        """Raises FileNotFoundError, so that a misspelt name shows in the first test."""
        if file not in self._assets and not (self._folder / file).is_file():
            raise FileNotFoundError(self._folder / file)
        return f"/static/{self.name}/{self._digest_of_folder()}/{file}"

    def _digest_of_folder(self) -> str:
        if self._digest_of_all is None:
            files = sorted(path for path in self._folder.rglob("*") if path.is_file())
            names = (f"{path.relative_to(self._folder)} {_digest(path.read_bytes())}" for path in files)
            self._digest_of_all = _digest("\n".join(names).encode())
        return self._digest_of_all

    def _serve(self, digest: str, file: str) -> Response:
        asset = self._asset(file)
        if asset is None:
            abort(404)
        zipped = asset.zipped if accepts_gzip() else None
        answer = make_response(asset.plain.read_bytes() if zipped is None else zipped)
        if zipped is not None:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Type"] = asset.media_type
        # During an update a page of one version may ask for another's file: serve it, keep it not.
        answer.headers["Cache-Control"] = KEPT_FOR_GOOD if digest == self._digest_of_folder() else "no-cache"
        answer.vary.add("Accept-Encoding")
        answer.set_etag(asset.digest + ("-gzip" if zipped is not None else ""))
        answer.make_conditional(request)
        return answer

    def _asset(self, file: str) -> _Asset | None:
        if asset := self._assets.get(file):
            return asset
        path = (self._folder / file).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return None
        with self._lock:  # compressing a megabyte twice at once helps nobody
            if file not in self._assets:
                content = path.read_bytes()
                self._assets[file] = _Asset(
                    digest=_digest(content),
                    media_type=_media_type(path),
                    plain=path,
                    zipped=_zipped(path, content),
                )
            return self._assets[file]


def _zipped(path: Path, content: bytes) -> bytes | None:
    """The .gz beside the file when there is one (images make it when they are built), else our own."""
    beside = path.with_name(f"{path.name}.gz")
    if beside.is_file():
        return beside.read_bytes()
    if path.suffix not in (".css", ".js", ".svg"):
        return None
    return gzip.compress(content, 6, mtime=0)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH_LETTERS]


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
