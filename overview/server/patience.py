"""HTTP for clients of whom some never finish what they begin: none of them keeps its connection for long.

uvicorn by itself ends a connection that idles after an answer, and waits without an end for the first
request, for the rest of one, and for a client that does not read.
"""

import asyncio
import contextlib
import socket
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CONNECTIONS = 2000
IDLE_SECONDS = 30
_LARGEST_HEAD_BYTES = 64 << 10
# Of a body that was refused already: so much is let by, so that its sender comes to read why.
_LARGEST_REFUSED_BYTES = 64 << 20
# Longer than two heartbeats of a stream: what a sleeping laptop never acknowledged is given up.
_UNACKNOWLEDGED_MS = 45_000


class PatientProtocol(HttpToolsProtocol):
    """One connection. `_waits_since` is since when the client owes us something; None while it does not."""

    _timer: asyncio.TimerHandle | None = None
    _waits_since: float | None = None
    _is_head = True
    _owed_bytes = 0
    _stuck_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            with contextlib.suppress(OSError):
                connected = transport.get_extra_info("socket")
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
        self._begin_to_wait(is_head=True)
        self._timer = self.loop.call_later(IDLE_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._waits_since is None:
            return
        self._owed_bytes += len(data)
        if self._owed_bytes > (_LARGEST_HEAD_BYTES if self._is_head else _LARGEST_REFUSED_BYTES):
            self.transport.abort()
        elif not self._is_head:
            self._waits_since = self.loop.time()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_to_wait(is_head=True)

    def on_headers_complete(self) -> None:
        self._begin_to_wait(is_head=False)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._waits_since = None
        super().on_message_complete()
        if self.cycle.response_complete and self.timeout_keep_alive_task is None and not self.pipeline:
            # Its answer was sent before the request was whole, and the wait for the next one was called off.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def give_up_waiting(self) -> None:
        """When the server stops: what is not asked yet is not answered any more."""
        if self._waits_since is not None:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck_bytes = None

    def _begin_to_wait(self, *, is_head: bool) -> None:
        self._waits_since = self.loop.time()
        self._is_head = is_head
        self._owed_bytes = 0

    def _look(self) -> None:
        """Now and then: has it done something since the last look?"""
        left: float = IDLE_SECONDS
        if self._waits_since is not None:
            left = self._waits_since + IDLE_SECONDS - self.loop.time()
        if left <= 0 or self._reads_nothing():
            self.transport.abort()
            return
        self._timer = self.loop.call_later(left, self._look)

    def _reads_nothing(self) -> bool:
        if not self.flow.write_paused:
            return False
        before, self._stuck_bytes = self._stuck_bytes, self.transport.get_write_buffer_size()
        return before is not None and self._stuck_bytes >= before


def protocol_settings() -> dict[str, Any]:
    return {"http": PatientProtocol, "timeout_keep_alive": IDLE_SECONDS}
