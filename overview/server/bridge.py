"""The Flask app as an ASGI application: read a request whole, let a thread answer it, send the answer.

Whoever sends slowly, or reads slowly, keeps a socket and no thread. Decision record 0018 tells why this is
not one of the libraries that do the like.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from overview.events import EventLine
from overview.server.event_streams import EventStreams
from overview.server.wsgi_calls import Answer, Environ, call, environ_of
from usermon.batch import LARGEST_PACKED_BYTES

THREADS = 8
# What is a little too large for a batch is read still, so that the app refuses it with a remedy.
LARGEST_BODY_BYTES = LARGEST_PACKED_BYTES + (1 << 20)
_IN_MEMORY_BYTES = 1 << 19


class Gone(Exception):
    """The client left before the request was whole."""


class Bridge:
    def __init__(self, app: Any, streams: EventStreams) -> None:
        self._app = app
        self._streams = streams
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="overview")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as body:
            try:
                length = await _read(receive, body)
            except Gone:
                return
            line = EventLine(self._streams.is_free)
            environ = environ_of(scope, body, line)
            environ["CONTENT_LENGTH"] = str(length)
            answer = await self._ask(environ)
        if line.revisions is None:
            await _send(send, answer)
            return

        async def is_still_allowed() -> bool:
            again = EventLine(is_free=True)
            await self._ask(environ_of(scope, BytesIO(), again))
            return again.revisions is not None

        await self._streams.hold(answer, line.revisions, receive, send, is_still_allowed)

    async def _ask(self, environ: Environ) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, call, self._app, environ)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _read(receive: Any, body: Any) -> int:
    """How many bytes the body has. One that is too large is left alone then: the app refuses it for its size,
    and what comes of it still is let by."""
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        part = message.get("body", b"")
        length += len(part)
        body.write(part)
        if length > LARGEST_BODY_BYTES or not message.get("more_body"):
            body.seek(0)
            return length


async def _send(send: Any, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
