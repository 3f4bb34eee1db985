"""The connections of those who listen, and the one look at the store that serves them all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from overview.events import HEARTBEAT, changed_event
from overview.server.wsgi_calls import Answer
from usermon.errors import UsermonError

MOST_STREAMS = 500
LOOK_SECONDS = 0.3
HEARTBEAT_SECONDS = 15.0
# Whether the session or the token is good still.
CHECK_SECONDS = 45.0
_AFTER_TROUBLE_SECONDS = 5.0
_log = logging.getLogger(__name__)

Revisions = Mapping[str, int]


class _Listener:
    """One open connection: what it was told, what there is to tell, and whether it is over."""

    def __init__(self, told: Revisions) -> None:
        self.told = told
        self.newest = told
        self.is_over = False
        self.woken = asyncio.Event()

    def tell(self, revisions: Revisions) -> None:
        self.newest = revisions
        self.woken.set()

    def end(self) -> None:
        self.is_over = True
        self.woken.set()


class EventStreams:
    """Lives in the event loop: nothing here is asked from another thread.

    `look` reads the revisions of the store, in a thread of its own, and only while somebody listens.
    """

    def __init__(self, look: Callable[[], Revisions], most: int = MOST_STREAMS) -> None:
        self._look = look
        self._most = most
        self._listeners: set[_Listener] = set()
        self._watching: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="revisions")
        self._is_closed = False

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    @property
    def is_free(self) -> bool:
        return self.listeners < self._most and not self._is_closed

    async def hold(
        self,
        answer: Answer,
        told: Revisions,
        receive: Any,
        send: Any,
        is_still_allowed: Callable[[], Awaitable[bool]],
    ) -> None:
        """Send `answer`, whose body is the first event, and then what comes, until one side ends it."""
        listener = _Listener(told)
        leaving = asyncio.create_task(_wait_until_gone(receive, listener))
        headers = [(name, content) for name, content in answer.headers if name != b"content-length"]
        self._add(listener)
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await _send_part(send, answer.body)
            await self._tell(listener, send, is_still_allowed)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._listeners.discard(listener)
            leaving.cancel()

    def close(self) -> None:
        """End every stream, and take no more."""
        self._is_closed = True
        for listener in self._listeners:
            listener.end()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _add(self, listener: _Listener) -> None:
        if self._is_closed:
            listener.end()
        self._listeners.add(listener)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())

    async def _tell(
        self, listener: _Listener, send: Any, is_still_allowed: Callable[[], Awaitable[bool]]
    ) -> None:
        clock = asyncio.get_running_loop().time
        check_at = clock() + CHECK_SECONDS
        while not listener.is_over:
            listener.woken.clear()
            if listener.newest != listener.told:
                event = changed_event(listener.told, listener.newest)
                listener.told = listener.newest
                await _send_part(send, event)
            elif await _is_quiet(listener.woken, HEARTBEAT_SECONDS):
                await _send_part(send, HEARTBEAT)
            if clock() >= check_at:
                check_at = clock() + CHECK_SECONDS
                if not await is_still_allowed():
                    return

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._listeners and not self._is_closed:
                try:
                    revisions = await loop.run_in_executor(self._thread, self._look)
                except UsermonError as error:
                    _log.warning("event streams wait: %s", error.message)
                    await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                    continue
                for listener in self._listeners:
                    if listener.newest != revisions:
                        listener.tell(revisions)
                await asyncio.sleep(LOOK_SECONDS)
        except Exception:
            # Pages see that their streams end, and ask by themselves meanwhile.
            _log.exception("event streams end")
            for listener in self._listeners:
                listener.end()


async def _wait_until_gone(receive: Any, listener: _Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _is_quiet(woken: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return True
    return False


async def _send_part(send: Any, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})
