"""The program as containers run it: `python -OO -m user_dashboard`, over a real socket."""

import base64
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from tests.web_shared.accounts import PASSWORD
from user_dashboard.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(url: str, password: str = PASSWORD) -> tuple[int, bytes, Message]:
    token = base64.b64encode(f"alice:{password}".encode()).decode()
    request = urllib.request.Request(
        url, headers={"Authorization": f"Basic {token}", "Accept-Encoding": "gzip"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), refused.headers


def start(settings: Settings, **environ: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-OO", "-m", "user_dashboard"],
        env={
            **os.environ,
            "USERMON_USER": settings.user,
            "USERMON_DATA_DIR": str(settings.data_folder),
            "USERMON_SECRETS_DIR": str(settings.secrets_folder),
            **environ,
        },
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def served(settings: Settings) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start(settings, USERMON_LISTEN=f"127.0.0.1:{port}")
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if get(f"{url}/healthz")[0] == 200:
                break
        except OSError:
            time.sleep(0.05)
    yield url, process
    process.kill()
    process.communicate()


def test_it_serves_the_page_to_alice(served: tuple[str, "subprocess.Popen[str]"]) -> None:
    url, _ = served
    status, body, headers = get(url)
    assert status == 200
    assert "alice’s dashboard" in gzip.decompress(body).decode()
    assert "waitress" not in str(headers.get("Server", ""))


def test_it_serves_plotly_small(served: tuple[str, "subprocess.Popen[str]"]) -> None:
    url, _ = served
    page = gzip.decompress(get(url)[1]).decode()
    address = page.split('src="', 1)[1].split('src="')
    plotly = next(part.split('"')[0] for part in address if "plotly-basic" in part.split('"')[0])
    status, body, headers = get(url + plotly)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert len(body) < 500_000
    assert "immutable" in headers["Cache-Control"]


def test_wrong_passwords_are_refused_and_then_held_off(
    served: tuple[str, "subprocess.Popen[str]"],
) -> None:
    url, _ = served
    statuses = [get(url, "guess")[0] for _ in range(9)]
    assert statuses == [401] * 8 + [429]


def test_it_ends_when_it_is_told_to(served: tuple[str, "subprocess.Popen[str]"]) -> None:
    _, process = served
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_a_wrong_setting_is_told_in_words(settings: Settings) -> None:
    process = start(settings, USERMON_LISTEN="nowhere")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert told.startswith("error: USERMON_LISTEN is 'nowhere'\nfix: ")
