"""The agent on a host: what it holds and spends, at one sample of the host a minute."""

import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.figures import Figure

MEASURED_SECONDS = 20
# Fewer seconds than minutes: the sample is taken each second, and its cost counted as that of a minute.
EVERY_SECONDS = 1
WARM_UP_SECONDS = 5


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-agent-") as folder:
        hub = _hub(Path(folder))
        busy, batches, memory = _run(Path(folder) / "busy", hub, f"{EVERY_SECONDS}s")
        idle, _, _ = _run(Path(folder) / "idle", hub, "1h")
        hub.shutdown()
    a_sample = (busy - idle) / batches
    yield Figure(
        "agent on a host, memory",
        memory[0],
        "MB",
        30.0,
        f"resident, one source `host`, TLS, after {batches} samples; peak {memory[1]:.1f} MB",
    )
    yield Figure(
        "agent on a host, processor",
        100 * (idle / MEASURED_SECONDS + a_sample / 60),
        "% of a core",
        0.5,
        f"at one sample a minute: {1000 * a_sample:.1f} ms for a sample measured, spooled and delivered "
        f"(mean of {batches}), {1000 * idle / MEASURED_SECONDS:.2f} ms a second at rest",
    )


def _run(folder: Path, hub: "_Hub", every: str) -> tuple[float, int, tuple[float, float]]:
    """Seconds of processor and batches while it is measured; memory in MB at its end, and at its peak."""
    folder.mkdir()
    (folder / "token").write_text("t" * 64, encoding="ascii")
    (folder / "usermon.toml").write_text(
        f'[[source]]\nname = "hosts"\ncollector = "host"\nevery = "{every}"\n', encoding="utf-8"
    )
    agent = subprocess.Popen(
        [
            *(sys.executable, "-m", "collectors", "forever", "--config", str(folder / "usermon.toml")),
            *("--hub", f"https://127.0.0.1:{hub.server_address[1]}", "--token-file", str(folder / "token")),
        ],
        env={
            **os.environ,
            "USERMON_STATE_DIR": str(folder / "state"),
            "USERMON_HUB_CA_FILE": str(folder.parent / "hub.pem"),
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(WARM_UP_SECONDS)
        cpu, came = _cpu_seconds(agent.pid), hub.came
        time.sleep(MEASURED_SECONDS)
        return _cpu_seconds(agent.pid) - cpu, hub.came - came, _memory(agent.pid)
    finally:
        agent.terminate()
        agent.wait(30)


class _Hub(ThreadingHTTPServer):
    """Takes whatever comes."""

    daemon_threads = True
    came = 0


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Hub

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came += 1
        answer = b'{"taken": 1, "known": 0, "rejected": 0, "not_kept": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def _hub(folder: Path) -> _Hub:
    """With TLS, as a hub is reached."""
    certificate, key = folder / "hub.pem", folder / "hub.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    hub = _Hub(("127.0.0.1", 0), _Taking)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    hub.socket = context.wrap_socket(hub.socket, server_side=True)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    return hub


def _cpu_seconds(pid: int) -> float:
    """To the nanosecond, of all threads: /proc/PID/stat counts in hundredths."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def _memory(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return kb["VmRSS"] / 1024, kb["VmHWM"] / 1024
