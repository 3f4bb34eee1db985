"""Delivery over HTTP into SQLite: the overview as it is served, held to one core."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.facility import some_users
from benchmarks.figures import Figure
from collectors.hub import Hub
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import open_store
from usermon.batch import DeliveredRun, Envelope, pack, record_to_wire
from usermon.host_records import HostUsage
from usermon.records import StorageUsage
from usermon.secret import Secret
from usermon.state_folder import StateFolder

SAMPLES = 5_000
# A token delivers its own sources, and a source of storage its own volume.
SOURCE = "bench"
BATCHES = 20
AT_A_TIME = 1_000
SMALL_BATCHES = 200


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-ingest-") as folder:
        state = StateFolder(Path(folder))
        token = _token(state)
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "overview", "serve", "--port", str(port)],
            env={**os.environ, "USERMON_STATE_DIR": folder},
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            os.sched_setaffinity(server.pid, {0})
            hub = Hub(f"http://127.0.0.1:{port}", token)
            yield _figure("hosts", hub, server.pid, [_hosts(minute) for minute in range(BATCHES)])
            yield _figure("storage", hub, server.pid, [_storage(hour) for hour in range(BATCHES)])
            yield _small(hub)
            hub.close()
        finally:
            server.terminate()
            server.wait(30)


def _figure(kind: str, hub: Hub, pid: int, parts: Sequence[Sequence[object]]) -> Figure:
    batches = [_batch(kind, part) for part in parts]
    cpu, started = _cpu_seconds(pid), time.perf_counter()
    for number, batch in enumerate(batches):
        _send(hub, kind, f"{kind}-batch-{number}", batch, AT_A_TIME)
    seconds, cpu = time.perf_counter() - started, _cpu_seconds(pid) - cpu
    samples = BATCHES * AT_A_TIME
    return Figure(
        f"ingest of {SAMPLES} samples over HTTP, {kind}",
        seconds * SAMPLES / samples,
        "s",
        1.0,
        f"{samples} samples in batches of {AT_A_TIME}, server on one core, SQLite: "
        f"{samples / seconds:.0f} samples/s ({samples / cpu:.0f} per second of processor)",
    )


def _small(hub: Hub) -> Figure:
    """An agent that sends a sample a minute sends batches of one."""
    parts = [[sample] for sample in _hosts(BATCHES + 1)[:SMALL_BATCHES]]
    batches = [_batch("hosts", part) for part in parts]
    started = time.perf_counter()
    for number, batch in enumerate(batches):
        _send(hub, "hosts", f"small-batch-{number}", batch, 1)
    each = (time.perf_counter() - started) / len(batches)
    return Figure(
        "ingest of one sample, a batch of its own",
        1000 * each,
        "ms",
        60.0,  # a thousand agents, one a minute each
        f"mean of {SMALL_BATCHES}, one after another: {60 / each:.0f} agents with a sample a minute",
    )


def _hosts(minute: int) -> list[HostUsage]:
    time_ = int(time.time()) // 60 * 60 - 7200 + 60 * minute
    return [
        HostUsage(f"node{n:04d}", time_, (n % 64) << 30, 90.5, 1.5, n % 50, n << 30, 0.5, n * 1000, n * 900)
        for n in range(AT_A_TIME)
    ]


def _storage(hour: int) -> list[StorageUsage]:
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2) + timedelta(hours=hour)
    return [
        StorageUsage(user, SOURCE, moment, (n + hour) << 30, 1000 * n + hour, 1 << 40, 2 << 40)
        for n, user in enumerate(some_users(AT_A_TIME))
    ]


def _batch(kind: str, records: Sequence[object]) -> bytes:
    now = time.time()
    envelope = Envelope(SOURCE, kind, DeliveredRun(now, now))
    return pack(envelope, [record_to_wire(record) for record in records])


def _send(hub: Hub, kind: str, key: str, batch: bytes, expected: int) -> None:
    answer: Any = hub.send(kind, key, batch)
    if not answer.is_taken or answer.content["taken"] != expected:
        raise RuntimeError(f"{answer.status}: {str(answer.content)[:200]}")


def _token(state: StateFolder) -> Path:
    store, secret = open_store(state.default_store_url), Secret.random()
    with store.writing() as connection:
        save_token(connection, ApiToken(SOURCE, "ingest", frozenset({SOURCE})), secret, time.time())
    store.close()
    file = state.root / "token"
    file.write_text(secret.reveal(), encoding="ascii")
    return file


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the overview does not answer")
