"""200 open browsers: what they cost the server, and how soon they learn of what was saved.

The server is a process of its own. Each browser here is a socket that listens and one that asks, as feed.js
does: a feed within 0.3 s of an event, once a second at most, with the ETag that it holds.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.facility import free_port_range
from benchmarks.figures import Figure
from benchmarks.ingest import _cpu_seconds as cpu_seconds
from benchmarks.ingest import _wait as wait_until_it_answers
from benchmarks.overview_page import PASSWORD, make_admin
from tests.facilities import large
from usage_store.engine import Store, open_store
from usage_store.host_saving import save_hosts
from usage_store.storage_saving import save_storage
from usermon.host_records import HostUsage
from usermon.records import StorageUsage
from usermon.state_folder import StateFolder
from usermon.units import GIB

BROWSERS = 200
SECONDS = 40
SPREAD_SECONDS, REST_SECONDS = 0.3, 1.0
STORAGE_EVERY = 10
HOSTS_AT_ONCE = 50
# Which page each of ten browsers looks at.
LOOKED_AT = [("hosts", "/hosts/tiles.json")] * 7 + [("storage", "/storage/table.json")] * 3
# What Chromium sends with each question.
_HEADERS = (
    "Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
    'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r\nsec-ch-ua-mobile: ?0\r\n'
    'sec-ch-ua-platform: "Linux"\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n'
    "Sec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1/hosts\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
)


@dataclass
class Measured:
    saved_at: dict[str, float] = field(default_factory=dict)
    told_after: list[float] = field(default_factory=list)
    shown_after: list[float] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-live-") as folder:
        state = StateFolder(Path(folder))
        make_admin(state)
        store = open_store(state.default_store_url)
        large.fill(store, int(time.time()))
        port = free_port_range(1)
        server = subprocess.Popen(
            [sys.executable, "-m", "overview", "serve", "--port", str(port)],
            env={**os.environ, "USERMON_STATE_DIR": folder},
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_it_answers(port)
            yield from asyncio.run(_measure(store, port, server.pid))
        finally:
            server.terminate()
            server.wait(30)
        store.close()


async def _measure(store: Store, port: int, pid: int) -> list[Figure]:
    cookie = _sign_in(port)
    measured = Measured()
    browsers = [
        asyncio.create_task(_browser(port, cookie, *LOOKED_AT[number % len(LOOKED_AT)], measured))
        for number in range(BROWSERS)
    ]
    await asyncio.sleep(8)  # all are there, and the feeds are made
    idle = await _share(pid, 10)
    measured.answers.clear()
    measured.told_after.clear()
    measured.shown_after.clear()
    cpu, started = cpu_seconds(pid), time.perf_counter()
    for second in range(SECONDS):
        topic = "storage" if second % STORAGE_EVERY == 5 else "hosts"
        await asyncio.to_thread(_save, store, topic)
        measured.saved_at[topic] = time.perf_counter()
        await asyncio.sleep(max(0.0, started + second + 1 - time.perf_counter()))
    share = (cpu_seconds(pid) - cpu) / (time.perf_counter() - started)
    for browser in browsers:
        browser.cancel()
    await asyncio.gather(*browsers, return_exceptions=True)
    return _figures(measured, share, idle, _memory_mib(pid))


def _figures(measured: Measured, share: float, idle: float, memory: float) -> list[Figure]:
    asked = ", ".join(f"{count} x {status}" for status, count in sorted(measured.answers.items()))
    told, shown = sorted(measured.told_after), sorted(measured.shown_after)
    return [
        Figure(
            f"{BROWSERS} open browsers while hosts are saved each second, server",
            share,
            "cores",
            0.5,
            f"{SECONDS} s, storage of 10 000 users each {STORAGE_EVERY} s, 2 000 hosts; each browser asks its"
            f" feed after each event: {asked}; {memory:.0f} MiB",
        ),
        Figure(f"{BROWSERS} open browsers while nothing happens, server", idle, "cores", 0.05, "10 s"),
        Figure(
            "from a save to its event in an open browser",
            _most(told),
            "s",
            2.0,
            f"99 of 100 of {len(told)}; median {statistics.median(told):.2f} s",
        ),
        Figure(
            "from a save to the new numbers in an open browser",
            _most(shown),
            "s",
            2.0,
            f"99 of 100 of {len(shown)}; median {statistics.median(shown):.2f} s",
        ),
    ]


def _most(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


async def _share(pid: int, seconds: float) -> float:
    cpu, started = cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    return (cpu_seconds(pid) - cpu) / (time.perf_counter() - started)


async def _browser(port: int, cookie: str, topic: str, path: str, measured: Measured) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    page = Page(port, cookie, path, measured)
    writer.write(f"GET /api/events HTTP/1.1\r\n{_HEADERS}Cookie: {cookie}\r\n\r\n".encode())
    await page.ask(None)
    asking: asyncio.Task[None] | None = None
    try:
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            now = time.perf_counter()
            saved_at = measured.saved_at.get(topic)
            if topic not in json.loads(line[6:]):
                continue
            if saved_at is not None:
                measured.told_after.append(now - saved_at)
            if asking is None or asking.done():
                asking = asyncio.create_task(page.ask_soon(saved_at))
    finally:
        writer.close()


class Page:
    """One browser's page: it asks its feed, and holds what it got."""

    def __init__(self, port: int, cookie: str, path: str, measured: Measured) -> None:
        self._port, self._cookie, self._path, self._measured = port, cookie, path, measured
        self._etag = ""
        self._asked_at = 0.0
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask_soon(self, saved_at: float | None) -> None:
        rest = self._asked_at + REST_SECONDS - time.perf_counter()
        await asyncio.sleep(max(random.random() * SPREAD_SECONDS, rest))
        again = await self.ask(saved_at)
        while again > 0:
            await asyncio.sleep(again + random.random() * SPREAD_SECONDS)
            again = await self.ask(None)

    async def ask(self, saved_at: float | None) -> float:
        """Seconds after which to ask again, 0 where the answer is the newest."""
        self._asked_at = time.perf_counter()
        if self._connection is None:
            self._connection = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._connection
        writer.write(
            f"GET {self._path} HTTP/1.1\r\n{_HEADERS}Accept: application/json\r\nCookie: {self._cookie}\r\n"
            f"If-None-Match: {self._etag}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        status = int(first.split()[1])
        await reader.readexactly(int(headers.get("content-length", 0)))
        self._measured.answers[status] = self._measured.answers.get(status, 0) + 1
        again = float(headers.get("usermon-ask-again", 0))
        is_new = headers.get("etag", "") != self._etag.lower()
        if status == 200 and is_new:
            self._etag = next(line.split(": ", 1)[1] for line in lines if line.lower().startswith("etag"))
            if saved_at is not None and again == 0:
                self._measured.shown_after.append(time.perf_counter() - saved_at)
        return again


def _sign_in(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/login", headers={"Accept": "text/html"})
    answer = connection.getresponse()
    token = answer.read().decode().partition('name="form_token" value="')[2].partition('"')[0]
    form = urlencode({"form_token": token, "password": PASSWORD})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": _cookies(answer.headers.get_all("Set-Cookie")),
    }
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    if answer.status != 303:
        raise RuntimeError(f"signing in: {answer.status}")
    return _cookies(answer.headers.get_all("Set-Cookie"))


def _cookies(headers: list[str] | None) -> str:
    return "; ".join(header.partition(";")[0] for header in headers or ())


def _save(store: Store, topic: str) -> None:
    chance, now = random.Random(), int(time.time())
    with store.writing() as connection:
        if topic == "storage":
            moment = datetime.fromtimestamp(now, UTC)
            used = chance.randrange(900) * GIB
            save_storage(
                connection, [StorageUsage(large.user_name(n), "local", moment, used, n) for n in range(50)]
            )
            return
        first = chance.randrange(large.HOSTS - HOSTS_AT_ONCE)
        save_hosts(
            connection,
            "machines",
            [
                HostUsage(f"node{n:04}", now, chance.randrange(200) * GIB, 50.0, 2.0, 7, 90 * GIB, 3.0)
                for n in range(first, first + HOSTS_AT_ONCE)
            ],
        )


def _memory_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no such process")
