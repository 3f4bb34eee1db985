"""Delivering: in order, each batch until it is taken; what may heal is waited for, nothing is in a loop."""

import errno
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collectors.hub import Hub, HubAway, warn_of_open_token
from collectors.push import DeliveryUnderWay, Pusher, SourceRefused, only_delivery
from collectors.spool import Spool
from usermon.batch import DELIVERY, read_batch, unpack
from usermon.errors import SettingsError, UsermonError

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


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("t" * 64 + "\n")
    return tmp_path / "token"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def pusher(hub: FakeHub, spool: Spool, token_file: Path) -> Pusher:
    return Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file), first_wait=0.05)


def fill(spool: Spool, *contents: bytes, source: str = "local") -> None:
    for content in contents:
        spool.put("storage", source, content)


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.02)


def test_all_that_waits_is_delivered_in_order_each_with_its_key(
    hub: FakeHub, spool: Spool, pusher: Pusher
) -> None:
    fill(spool, b"a", b"b", b"c")
    pusher.deliver_all()
    assert hub.contents == [b"a", b"b", b"c"]
    assert {path for path, _, _ in hub.came} == {"/api/ingest/storage"}
    assert len({key for _, key, _ in hub.came}) == 3
    assert set(hub.tokens) == {f"Bearer {'t' * 64}"}
    assert len(spool) == 0


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"error": "the store is busy", "remedy": "later"}),
        (401, {"error": "no such token is known", "remedy": "make one"}),
        (429, {"error": "too many", "remedy": "later"}),
        (502, b"<html>bad gateway</html>"),
        (400, b"<html>who are you?</html>"),
        (301, b""),
        (200, b"<html>a portal's login</html>"),
    ],
    ids=lambda answer: f"{answer[0]}",
)
def test_what_may_heal_is_waited_for_and_the_order_stays(
    hub: FakeHub, spool: Spool, pusher: Pusher, answer: Answer
) -> None:
    fill(spool, b"a", b"b")
    hub.answer = lambda _path, _content: answer
    with pytest.raises(UsermonError):
        pusher.deliver_all()
    assert (hub.contents, len(spool)) == ([b"a"], 2)
    hub.answer = lambda _path, _content: TAKEN
    pusher.deliver_all()
    assert hub.contents == [b"a", b"a", b"b"]
    assert hub.came[0] == hub.came[1]


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_never_heals_is_kept_apart_and_told_to_the_hub(
    hub: FakeHub, spool: Spool, pusher: Pusher, status: int
) -> None:
    fill(spool, b"bad", b"good")
    hub.refuse(status, "not a batch", when=b"bad")
    pusher.deliver_all()
    assert hub.contents[0] == b"bad"
    assert hub.contents[2:] == [b"good"]
    path, _, report = hub.came[1]
    assert path == "/api/ingest/runs"
    told = read_batch(unpack(report), ()).envelope
    assert told.source == "local"
    assert told.run.error == f"the hub refused a batch for good: {status}: not a batch"
    (aside,) = (spool.folder / "aside").glob("*.batch")
    assert aside.read_bytes() == b"bad"


def test_even_a_report_that_is_refused_makes_no_loop(hub: FakeHub, spool: Spool, pusher: Pusher) -> None:
    fill(spool, b"a", b"b")
    hub.refuse(400, "not a batch")
    pusher.deliver_all()
    assert len(spool) == 0
    assert len(hub.came) == 4  # two batches and their two reports


@pytest.mark.parametrize(
    ("status", "error"), [(403, "this token may not deliver the source 'cryo'"), (404, "no such kind")]
)
def test_a_source_that_is_refused_stays_and_holds_up_no_other(
    hub: FakeHub, spool: Spool, pusher: Pusher, status: int, error: str
) -> None:
    fill(spool, b"x", source="cryo")
    fill(spool, b"a", b"b")
    hub.refuse(status, error, when=b"x")
    with pytest.raises(SourceRefused, match=r"^cryo: "):
        pusher.deliver_all()
    assert hub.contents == [b"x", b"a", b"b"]
    assert len(spool) == 1


def test_what_was_dropped_is_told_first(hub: FakeHub, token_file: Path, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=2 * 4096)
    fill(spool, b"a", b"b", b"c", b"d")
    again: list[str] = []
    Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file), when_dropped=again.append).deliver_all()
    assert again == ["local"]
    assert hub.contents[1:] == [b"c", b"d"]
    told = read_batch(unpack(hub.contents[0]), ()).envelope
    assert told.run.error is not None
    assert told.run.error.startswith("2 batches were dropped from ")
    assert told.run.remedy is not None
    assert "USERMON_SPOOL_MB" in told.run.remedy
    assert [(one.file, one.lines[0].reason) for one in told.rejected] == [(DELIVERY, told.run.error)]
    assert spool.dropped() == {}


def test_a_full_disk_holds_up_no_delivery(
    hub: FakeHub, token_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=2 * 4096)
    fill(spool, b"a", b"b", b"c")
    pusher = Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("collectors.spool.write_atomically", full)
        with pytest.raises(UsermonError):
            fill(spool, b"d")
        stopping = threading.Event()
        thread = threading.Thread(target=pusher.run, args=(stopping,))
        thread.start()
        wait_until(lambda: len(spool) == 0)
        stopping.set()
        thread.join(PATIENCE)
    assert hub.contents == [b"c"]
    assert spool.dropped()["local"].batches == 3
    pusher.deliver_all()  # there is room again
    told = read_batch(unpack(hub.contents[1]), ()).envelope
    assert str(told.run.error).startswith("3 batches were dropped from ")


def test_a_batch_that_cannot_be_read_holds_up_no_other(
    hub: FakeHub, spool: Spool, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(spool, b"roots", b"good")
    bad = spool.oldest()
    assert bad is not None
    read = Path.read_bytes

    def read_bytes(file: Path) -> bytes:
        if file.name == bad.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    pusher.deliver_all()
    assert hub.contents[1:] == [b"good"]
    told = read_batch(unpack(hub.contents[0]), ()).envelope
    assert f"{bad.name} cannot be read: Permission denied" in str(told.run.error)
    assert [file.name for file in (spool.folder / "aside").glob("*.batch")] == [bad.name]


def test_an_agent_with_nothing_to_deliver_keeps_no_connection(
    hub: FakeHub, spool: Spool, pusher: Pusher
) -> None:
    fill(spool, b"a")
    stopping = threading.Event()
    thread = threading.Thread(target=pusher.run, args=(stopping,))
    thread.start()
    wait_until(lambda: len(spool) == 0 and pusher.hub._connection is None)
    stopping.set()
    thread.join(PATIENCE)
    assert hub.contents == [b"a"]


def test_a_hub_that_comes_back_gets_all_in_order(hub: FakeHub, spool: Spool, pusher: Pusher) -> None:
    hub.refuse(503, "the store is busy")
    fill(spool, b"a")
    stopping = threading.Event()
    thread = threading.Thread(target=pusher.run, args=(stopping,))
    thread.start()
    wait_until(lambda: len(hub.came) >= 2)
    fill(spool, b"b", b"c")
    hub.answer = lambda _path, _content: TAKEN
    wait_until(lambda: len(spool) == 0)
    stopping.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert hub.contents[-3:] == [b"a", b"b", b"c"]
    assert set(hub.contents[:-2]) == {b"a"}


def test_waits_grow_and_differ(pusher: Pusher) -> None:
    waits = [pusher._wait(None) for _ in range(20)]
    assert 0.025 <= waits[0] <= 0.05
    assert all(150 <= wait <= 300 for wait in waits[-3:])
    assert len(set(waits)) == len(waits)
    assert 30 <= Pusher(pusher.spool, pusher.hub)._wait(30.0) <= 45


def test_one_process_delivers_at_a_time(spool: Spool, pusher: Pusher) -> None:
    with only_delivery(spool), pytest.raises(DeliveryUnderWay):
        pusher.deliver_all()


def test_a_connection_that_the_hub_closed_is_made_again(hub: FakeHub, spool: Spool, pusher: Pusher) -> None:
    hub.closes_after_each = True
    fill(spool, b"a", b"b")
    pusher.deliver_all()
    assert hub.contents == [b"a", b"b"]


def test_a_hub_that_is_not_there_is_told(spool: Spool, token_file: Path) -> None:
    fill(spool, b"a")
    with pytest.raises(HubAway, match=r"the hub http://127\.0\.0\.1:9 does not answer: Connection refused"):
        Pusher(spool, Hub("http://127.0.0.1:9", token_file)).deliver_all()
    assert len(spool) == 1


def test_a_token_that_was_replaced_counts_at_once(
    hub: FakeHub, spool: Spool, pusher: Pusher, token_file: Path
) -> None:
    fill(spool, b"a")
    pusher.deliver_all()
    token_file.write_text("u" * 64)
    fill(spool, b"b")
    pusher.deliver_all()
    assert hub.tokens == [f"Bearer {'t' * 64}", f"Bearer {'u' * 64}"]


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for `name` that is its own authority, and its key."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={name}"),
            *("-keyout", str(key), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    return file, key


def test_a_certificate_must_be_trusted_and_of_this_host(
    hub: FakeHub, spool: Spool, token_file: Path, tmp_path: Path
) -> None:
    ours, key = certificate(tmp_path, "IP:127.0.0.1")
    others, _ = certificate(tmp_path, "DNS:hub.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours, key)
    hub.server.socket = context.wrap_socket(hub.server.socket, server_side=True)
    url = f"https://127.0.0.1:{hub.port}"
    fill(spool, b"a")
    for ca_file in (None, others):
        with pytest.raises(HubAway, match="certificate that is not trusted") as caught:
            Pusher(spool, Hub(url, token_file, ca_file)).deliver_all()
        assert "USERMON_HUB_CA_FILE" in caught.value.remedy
    with pytest.raises(HubAway, match="certificate that is not trusted"):
        Pusher(spool, Hub(f"https://localhost:{hub.port}", token_file, ours)).deliver_all()
    assert hub.came == []
    Pusher(spool, Hub(url, token_file, ours)).deliver_all()
    assert hub.contents == [b"a"]


def test_a_hub_without_tls_at_that_port_is_told(hub: FakeHub, spool: Spool, token_file: Path) -> None:
    fill(spool, b"a")
    with pytest.raises(HubAway, match="does not answer with TLS") as caught:
        Pusher(spool, Hub(f"https://127.0.0.1:{hub.port}", token_file)).deliver_all()
    assert "may speak http" in caught.value.remedy


def test_what_is_silent_when_tls_begins_is_not_waited_for(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.hub.CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hub = Hub(f"https://127.0.0.1:{silent.getsockname()[1]}", token_file)
        with pytest.raises(HubAway, match="does not answer with TLS: silence"):
            hub.sources()


def test_a_token_that_everybody_may_read_is_warned_of(
    token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token_file.chmod(0o640)
    warn_of_open_token(token_file)
    assert caplog.text == ""
    token_file.chmod(0o644)
    warn_of_open_token(token_file)
    assert f"everybody may read the token in {token_file}" in caplog.text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("hub.example.org", "no address of a hub"),
        ("ftp://hub.example.org", "no address of a hub"),
        ("https://", "no address of a hub"),
        ("https://user:password@hub.example.org", "no address of a hub"),
        ("https://hub.example.org:99999", "no address of a hub"),
        ("http://hub.example.org", "would send the token unencrypted to hub.example.org"),
    ],
)
def test_an_address_that_is_none_is_refused_and_a_secret_in_it_not_repeated(
    token_file: Path, url: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        Hub(url, token_file)
    assert "password" not in caught.value.message


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe", b"a\nb"])
def test_a_file_that_holds_no_token_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    hub = Hub("http://localhost:9", tmp_path / "token")
    with pytest.raises(SettingsError, match="USERMON_HUB_TOKEN_FILE"):
        hub.send("runs", "key-00001", b"")
