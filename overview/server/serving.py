"""The server put together: sockets, uvicorn's settings, and how it stops."""

import logging
import resource
import socket
from collections.abc import Sequence

import uvicorn
from flask import Flask

from overview.events import REVISIONS
from overview.server.bridge import Bridge
from overview.server.event_streams import EventStreams
from overview.server.patience import CONNECTIONS, PatientProtocol, protocol_settings
from usermon.errors import UsermonError

# A request that takes longer than this is cut off when the server stops.
_STOP_SECONDS = 10
_OTHER_FILES = 200


class CannotListen(UsermonError):
    """The address or port that we should serve on is not to be had."""


class OverviewServer(uvicorn.Server):
    """Serves an app that `overview.create_app` made. `run(listeners)` returns after a signal to stop."""

    def __init__(self, app: Flask) -> None:
        # What it tells of are clients' mistakes; ours are errors.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self.streams = EventStreams(app.extensions[REVISIONS])
        self._bridge = Bridge(app, self.streams)
        super().__init__(
            uvicorn.Config(
                self._bridge,
                loop="asyncio",
                interface="asgi3",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # The login reads X-Forwarded-Proto, to mark its cookie as one for https only; nobody's word
                # is taken for who the client is.
                proxy_headers=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
                **protocol_settings(),
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Before all else: it waits until every answer is sent, and those of streams have no end.
        self.streams.close()
        for connection in list(self.server_state.connections):
            if isinstance(connection, PatientProtocol):
                connection.give_up_waiting()
        await super().shutdown(sockets)
        self._bridge.close()


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on all addresses of `host`; raises CannotListen."""
    listeners: list[socket.socket] = []
    try:
        for family, kind, _, _, address in _addresses(host, port):
            listener = socket.socket(family, kind)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.listen(1024)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise CannotListen(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "Choose another port with --port or USERMON_OVERVIEW_PORT, or end what holds it.",
        ) from error
    return listeners


def _addresses(host: str, port: int) -> Sequence[tuple[int, int, int, str, tuple[object, ...]]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys(found))


def allow_connections() -> None:
    """As many open files as our connections need: services often begin with 1024, and may ask for more."""
    wanted = CONNECTIONS + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
