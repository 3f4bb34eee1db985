"""Plain requests to a real server: what Flask is told, and that odd clients keep nobody else out."""

import gzip
import json
import socket
from contextlib import suppress
from io import BytesIO

import pytest

from overview.events import EventLine
from overview.server import patience, serving
from overview.server.wsgi_calls import environ_of
from tests.overview.server.conftest import BASIC, PATIENCE_SECONDS, Running, Serve
from usermon.batch import LARGEST_PACKED_BYTES


def read_all(connection: socket.socket) -> bytes:
    connection.settimeout(PATIENCE_SECONDS)
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_the_answer_tells_nothing_of_the_server(running: Running) -> None:
    answer = running.ask("/healthz", {})
    assert answer.status == 200
    assert "Server" not in answer.headers
    assert answer.headers["Date"]


def test_paths_and_questions_arrive_as_they_were_sent(running: Running) -> None:
    answer = running.ask("/login?next=/users/%C3%A4%2Fb%3Fc", {"Accept": "text/html"})
    assert answer.status == 200
    unknown = running.ask("/no%20such/%C3%A4%FF?x=%C3%A4")
    assert unknown.status == 404
    assert set(json.loads(unknown.read())) == {"error", "remedy"}


def test_a_proxy_that_speaks_https_makes_the_cookie_secure(running: Running) -> None:
    def cookie(**headers: str) -> str:
        named = {name.replace("_", "-"): content for name, content in headers.items()}
        return running.ask("/login", {"Accept": "text/html", **named}).headers["Set-Cookie"]

    assert "Secure" in cookie(X_Forwarded_Proto="https")
    assert "Secure" not in cookie()
    connection = running.plain()
    connection.sendall(
        b"GET /login HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nX_Forwarded_Proto: https\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert b"Secure" not in read_all(connection).partition(b"\r\n\r\n")[0]


def test_who_the_client_is_nobody_else_says() -> None:
    """Else each wrong guess could name another address, and none would ever be refused."""
    scope = {
        "method": "GET",
        "raw_path": b"/",
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", 8080),
        "client": ("192.0.2.7", 4711),
        "headers": [(b"x-forwarded-for", b"10.0.0.1"), (b"remote_addr", b"10.0.0.1")],
    }
    environ = environ_of(scope, BytesIO(), EventLine(is_free=True))
    assert environ["REMOTE_ADDR"] == "192.0.2.7"


def test_a_body_that_is_too_large_is_refused_in_our_own_words(running: Running) -> None:
    for size in (LARGEST_PACKED_BYTES + 1, 12 << 20):
        answer = running.ask("/login", {}, "POST", bytes(size))
        assert answer.status == 413
        assert set(json.loads(answer.read())) == {"error", "remedy"}


def test_a_body_without_a_length_is_read_whole(running: Running) -> None:
    connection = running.plain()
    body = gzip.compress(b"{}")
    connection.sendall(
        b"POST /api/ingest/hosts HTTP/1.1\r\nHost: x\r\nAuthorization: " + BASIC["Authorization"].encode()
    )
    connection.sendall(b"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
    connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    head, _, content = read_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert set(json.loads(content)) == {"error", "remedy"}


def test_a_body_that_is_too_large_is_refused_though_it_has_no_length(running: Running) -> None:
    connection = running.plain()
    body = bytes(LARGEST_PACKED_BYTES + 1)
    connection.sendall(
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    assert read_all(connection).startswith(b"HTTP/1.1 413")


def test_each_answer_has_one_date(running: Running) -> None:
    for path in ("/healthz", "/api/storage", "/"):
        assert len(running.ask(path).headers.get_all("Date") or ()) == 1


def test_one_connection_serves_a_refused_body_and_then_the_next_request(running: Running) -> None:
    connection = running.plain()
    size = 6 << 20
    connection.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
    connection.sendall(bytes(size))
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answers = read_all(connection)
    assert answers.startswith(b"HTTP/1.1 413")
    assert b"HTTP/1.1 200 OK" in answers


def test_clients_that_never_finish_keep_nobody_out(running: Running) -> None:
    for begun in (b"", b"GET / HT", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\npass"):
        for _ in range(20):
            running.plain().sendall(begun)
    assert running.ask("/storage").status == 200


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\npassword=",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["nothing", "half a head", "half a body", "an answer and no more"],
)
def test_who_leaves_us_waiting_is_left(monkeypatch: pytest.MonkeyPatch, serve: Serve, begun: bytes) -> None:
    monkeypatch.setattr(patience, "IDLE_SECONDS", 0.3)
    connection = serve().plain()
    connection.sendall(begun)
    with suppress(ConnectionResetError):
        assert b"HTTP/1.1 5" not in read_all(connection)  # which ends with the connection


def test_the_server_stops_though_a_request_never_ends(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(serving, "_STOP_SECONDS", None)  # wait for whoever is not cut off
    running = serve()
    running.plain().sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\npassword=")
    assert running.ask("/healthz").status == 200  # so that the other one has arrived
    running.stop()


def test_a_listener_is_not_left_though_it_says_nothing(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(patience, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr("overview.server.event_streams.HEARTBEAT_SECONDS", 0.2)
    stream = serve().listen()
    stream.changed()
    assert [stream.lines() for _ in range(3)] == [[": still here"]] * 3


def test_a_head_without_an_end_is_not_read(running: Running) -> None:
    connection = running.plain()
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
    with suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(bytes(1 << 20).replace(b"\0", b"x"))
        assert read_all(connection) == b""


def test_more_connections_than_are_held_are_ended(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(patience, "CONNECTIONS", 5)
    running = serve()
    held = [running.plain() for _ in range(5)]
    too_many = running.plain()
    with suppress(ConnectionResetError):
        assert read_all(too_many) == b""
    held[0].close()
    held[1].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert read_all(held[1]).startswith(b"HTTP/1.1 200")
