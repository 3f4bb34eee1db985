"""Does a port answer?"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from orchestrator.probe import answers


@contextmanager
def web_server(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_healthy_program_answers() -> None:
    with web_server(200) as port:
        assert answers("127.0.0.1", port)


def test_a_program_that_says_it_is_unwell_does_not() -> None:
    with web_server(503) as port:
        assert not answers("127.0.0.1", port)


def test_nobody_listening_is_no_answer() -> None:
    with web_server(200) as port:
        pass
    assert not answers("127.0.0.1", port)


def test_somebody_who_accepts_and_is_silent_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not answers("127.0.0.1", server.getsockname()[1], timeout_seconds=0.2)


def test_somebody_who_speaks_something_else_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"220 mail.example.org\r\n")
            connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        assert not answers("127.0.0.1", server.getsockname()[1])
        thread.join()
