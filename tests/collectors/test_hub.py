"""Reaching a hub: connections, tokens, certificates, addresses."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from collectors.hub import Hub, HubAway, warn_of_open_token
from collectors.push import Pusher
from collectors.spool import Spool
from tests.collectors.fake_hub import FakeHub, fill
from usermon.errors import SettingsError


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
