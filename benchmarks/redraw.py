"""Redrawing a user's plots: one callback as a browser asks for it, from the new file to the answer."""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from benchmarks.facility import SAMPLES_A_VOLUME
from benchmarks.figures import Figure
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.published_storage import PublishedStorage, VolumeHistory, to_json
from usermon.secret import Secret
from usermon.state_folder import LINK_KEY, PASSWORD_HASH, PUBLISHED_STORAGE, SESSION_KEY
from usermon.units import GIB

RUNS = 50
PASSWORD = "correct horse battery staple"


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-redraw-") as folder:
        data, secrets = Path(folder, "data"), Path(folder, "secrets")
        data.mkdir()
        secrets.mkdir()
        hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        (secrets / PASSWORD_HASH).write_text(hasher.hash(PASSWORD), encoding="utf-8")
        for name in (SESSION_KEY, LINK_KEY):
            (secrets / name).write_text(Secret.random().reveal(), encoding="utf-8")
        client = create_app(Settings("alice", data, secrets, "127.0.0.1", 8050, 300)).test_client()
        question = _question(client.get("/_dash-dependencies", auth=("alice", PASSWORD)).get_json())
        runs = []
        for number in range(RUNS):
            # A new file each time: what is measured holds reading and checking it.
            (data / PUBLISHED_STORAGE).write_bytes(to_json(_published(number)))
            started = time.perf_counter()
            answer = client.post("/_dash-update-component", json=question, auth=("alice", PASSWORD))
            runs.append(time.perf_counter() - started)
            drawn = json.loads(answer.data)["response"]["storage-plot"]["figure"]["data"]
            if answer.status_code != 200 or max(len(trace["y"]) for trace in drawn) < SAMPLES_A_VOLUME:
                raise RuntimeError(f"the redraw answered {answer.status}")
    yield Figure(
        f"redraw of both plots, {SAMPLES_A_VOLUME} samples a volume",
        1000 * statistics.median(runs),
        "ms",
        20,
        f"new file -> bytes of the answer, median of {RUNS} "
        f"({1000 * min(runs):.0f} to {1000 * max(runs):.0f} ms)",
    )


def _question(callbacks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a browser asks for when its view changed."""
    (redraw,) = (callback for callback in callbacks if "storage-plot.figure" in callback["output"])
    names = redraw["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    values = {"view.data": {"theme": "light", "scale": "linear", "range": "all"}}

    def given(places: list[dict[str, str]]) -> list[dict[str, Any]]:
        return [{**place, "value": values.get(f"{place['id']}.{place['property']}")} for place in places]

    return {
        "output": redraw["output"],
        "outputs": outputs,
        "inputs": given(redraw["inputs"]),
        "state": given(redraw["state"]),
        "changedPropIds": ["view.data"],
    }


def _published(number: int) -> PublishedStorage:
    start = 1_700_000_000
    history = VolumeHistory(
        time=[start + 1800 * step for step in range(SAMPLES_A_VOLUME)],
        used_bytes=[(1000 + number + step) * GIB for step in range(SAMPLES_A_VOLUME)],
        files=[50_000 + 37 * step for step in range(SAMPLES_A_VOLUME)],
    )
    return PublishedStorage("alice", "UTC", start, 25_000, 1_500_000, {"local": history, "cryo": history})
