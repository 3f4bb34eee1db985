"""A hub that answers what a test says, for what an agent makes of it."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from collectors.spool import Spool

PATIENCE = 20.0
TAKEN = (200, {"taken": 1, "known": 0, "rejected": 0, "not_kept": []})
Answer = tuple[int, Any]


class FakeHub:
    """Answers what the test says, and remembers what came. What a real one does stands in test_delivery."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, bytes]] = []
        self.tokens: list[str] = []
        self.closes_after_each = False
        self.answer: Callable[[str, bytes], Answer] = lambda _path, _content: TAKEN
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                hub.tokens.append(self.headers["Authorization"])
                hub.came.append((self.path, self.headers["Idempotency-Key"], content))
                status, body = hub.answer(self.path, content)
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                if status == 503:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(sent)
                self.close_connection = hub.closes_after_each

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def contents(self) -> list[bytes]:
        return [content for _, _, content in self.came]

    def refuse(self, status: int, error: str, when: bytes | None = None) -> None:
        refusal = (status, {"error": error, "remedy": "mend it"})
        self.answer = lambda _path, content: refusal if when is None or content == when else TAKEN


def fill(spool: Spool, *contents: bytes, source: str = "local") -> None:
    for content in contents:
        spool.put("storage", source, content)


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.02)
