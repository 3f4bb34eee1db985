"""/events: tells an open page at once that its files are others now (server-sent events).

A stream holds a thread of the server for as long as it lasts: so they are few, end after some minutes (the
browser comes again by itself), and end at once when the browser is gone. While nobody looks nothing runs.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

from web_shared.error_pages import error_answer

PATH = "/events"
MOST_STREAMS = 4
_LOOK_SECONDS = 0.25
_HEARTBEAT_SECONDS = 15.0
_LASTS_SECONDS = 300.0
_COME_AGAIN_MILLISECONDS = 2000
_RETRY_SECONDS = 60

Gone = Callable[[], bool]


class Events:
    """`files` are what the pages show."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self._places = threading.BoundedSemaphore(MOST_STREAMS)
        self._stopping = threading.Event()

    def install(self, app: Flask) -> None:
        """After the login, which guards it."""
        app.add_url_rule(PATH, "events", self._answer)
        app.extensions["usermon_events"] = self

    def stop(self) -> None:
        """End all streams: the server waits for its threads before it ends."""
        self._stopping.set()

    def _answer(self) -> Response:
        if not self._places.acquire(blocking=False):
            answer = error_answer(
                503,
                "this dashboard is open too often",
                "It still looks for news by itself from time to time.",
            )
            answer.headers["Retry-After"] = str(_RETRY_SECONDS)
            return answer
        gone: Gone = request.environ.get("waitress.client_disconnected", lambda: False)
        answer = Response(self._stream(gone), mimetype="text/event-stream")
        answer.call_on_close(self._places.release)  # also when nobody ever read from it
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Accel-Buffering"] = "no"  # a proxy before it passes each event on
        return answer

    def _stream(self, gone: Gone) -> Iterator[bytes]:
        """An event with each state of the files; the first one at once, so that a page that was away knows
        whether it missed anything."""
        yield f"retry: {_COME_AGAIN_MILLISECONDS}\n".encode()
        end = time.monotonic() + _LASTS_SECONDS
        told, told_at = "", 0.0
        while True:
            state, now = self._state(), time.monotonic()
            if state != told:
                told, told_at = state, now
                yield f"id: {state}\ndata: {state}\n\n".encode()
            elif now - told_at >= _HEARTBEAT_SECONDS:
                told_at = now
                yield b":\n\n"
            if now >= end or self._stopping.wait(_LOOK_SECONDS) or gone():
                return

    def _state(self) -> str:
        parts = []
        for file in self._files:
            try:
                stat = os.stat(file)  # noqa: PTH116 - a Path makes three objects of it, four times a second
                parts.append((stat.st_mtime_ns, stat.st_ino, stat.st_size))
            except OSError:
                parts.append((0, 0, 0))
        return sha256(repr(parts).encode()).hexdigest()[:16]
