"""Redrawing a user's tabs: one callback as a browser asks for it, from the new file to the answer."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient

from benchmarks.facility import SAMPLES_A_VOLUME
from benchmarks.figures import Figure
from benchmarks.redraw_samples import io_file, jobs_file, storage_file
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.published_io import DAILY_DAYS, HOURLY_DAYS
from usermon.published_jobs import MOST_CURRENT, MOST_FINISHED
from usermon.secret import Secret
from usermon.state_folder import (
    LINK_KEY,
    PASSWORD_HASH,
    PUBLISHED_IO,
    PUBLISHED_JOBS,
    PUBLISHED_STORAGE,
    SESSION_KEY,
)

RUNS = 50
PASSWORD = "correct horse battery staple"


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-redraw-") as folder:
        data = Path(folder, "data")
        client = _client(data, Path(folder, "secrets"))
        callbacks = client.get("/_dash-dependencies", auth=("alice", PASSWORD)).get_json()
        yield _figure(
            f"redraw of both plots, {SAMPLES_A_VOLUME} samples a volume",
            _runs(client, data / PUBLISHED_STORAGE, storage_file, _question(callbacks, "storage")),
        )
        yield _figure(
            f"redraw of I/O, {HOURLY_DAYS} days by the hour and {DAILY_DAYS} by the day",
            _runs(client, data / PUBLISHED_IO, io_file, _question(callbacks, "io")),
        )
        yield _figure(
            f"redraw of jobs, {MOST_CURRENT} that wait and {MOST_FINISHED} that ended",
            _runs(client, data / PUBLISHED_JOBS, jobs_file, _question(callbacks, "jobs")),
        )


def _client(data: Path, secrets: Path) -> FlaskClient:
    data.mkdir()
    secrets.mkdir()
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    (secrets / PASSWORD_HASH).write_text(hasher.hash(PASSWORD), encoding="utf-8")
    for name in (SESSION_KEY, LINK_KEY):
        (secrets / name).write_text(Secret.random().reveal(), encoding="utf-8")
    return create_app(Settings("alice", data, secrets, "127.0.0.1", 8050, 300)).test_client()


def _runs(
    client: FlaskClient, file: Path, content: Callable[[int], bytes], question: dict[str, Any]
) -> list[float]:
    runs = []
    for number in range(RUNS):
        # A new file each time: what is measured holds reading and checking it.
        file.write_bytes(content(number))
        started = time.perf_counter()
        answer = client.post("/_dash-update-component", json=question, auth=("alice", PASSWORD))
        runs.append(time.perf_counter() - started)
        if answer.status_code != 200 or len(json.loads(answer.data)["response"]) < 4:
            raise RuntimeError(f"the redraw answered {answer.status}")
    return runs


def _figure(name: str, runs: list[float]) -> Figure:
    return Figure(
        name,
        1000 * statistics.median(runs),
        "ms",
        20,
        f"new file -> bytes of the answer, median of {RUNS} "
        f"({1000 * min(runs):.0f} to {1000 * max(runs):.0f} ms)",
    )


def _question(callbacks: list[dict[str, Any]], tab: str) -> dict[str, Any]:
    """What a browser asks for when its view changed."""
    (redraw,) = (callback for callback in callbacks if "storage-plot.figure" in callback["output"])
    names = redraw["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    values = {"view.data": {"theme": "light", "scale": "linear", "range": "all", "tab": tab}}

    def given(places: list[dict[str, str]]) -> list[dict[str, Any]]:
        return [{**place, "value": values.get(f"{place['id']}.{place['property']}")} for place in places]

    return {
        "output": redraw["output"],
        "outputs": outputs,
        "inputs": given(redraw["inputs"]),
        "state": given(redraw["state"]),
        "changedPropIds": ["view.data"],
    }
