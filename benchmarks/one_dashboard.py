"""What one dashboard holds and burns once somebody has looked at it and gone."""

import time
from collections.abc import Iterator
from typing import Any

import docker
from docker.models.containers import Container

from benchmarks.facility import answers_after_login, facility, get, some_users
from benchmarks.figures import Figure

IDLE_SECONDS = 120


def measure() -> Iterator[Figure]:
    with facility(some_users(1)) as place:
        (dashboard,) = place.up()["dashboards"]
        user, port = dashboard["user"], dashboard["port"]
        password = place.passwords()[user]
        answers_after_login(port, user, password)
        for path in ("/", "/_dash-layout", "/_dash-dependencies", "/export/storage.csv"):
            get(port, path, user, password)
        engine = docker.from_env()
        (container,) = engine.containers.list(
            filters={"label": [f"org.usermon.user={user}"], "publish": str(port)}
        )
        before = _stats(container)
        time.sleep(IDLE_SECONDS)
        after = _stats(container)
        engine.close()
        memory = after["memory_stats"]
        cache = memory["stats"].get("total_inactive_file", memory["stats"].get("inactive_file", 0))
        burnt = (
            after["cpu_stats"]["cpu_usage"]["total_usage"] - before["cpu_stats"]["cpu_usage"]["total_usage"]
        )
        yield Figure(
            "memory of one dashboard",
            (memory["usage"] - cache) / 2**20,
            "MiB",
            50,
            f"as `docker stats` counts, after login and page; anonymous {_anonymous(memory) / 2**20:.1f} MiB",
        )
        yield Figure(
            "CPU of one dashboard when nobody looks",
            100 * burnt / 1e9 / IDLE_SECONDS,
            "% of a core",
            0.1,
            f"over {IDLE_SECONDS} s, health checks included",
        )


def _stats(container: Container) -> dict[str, Any]:
    now: Any = container.stats(stream=False)
    assert isinstance(now, dict)
    return now


def _anonymous(memory: dict[str, dict[str, int]]) -> int:
    return memory["stats"].get("total_rss", memory["stats"].get("anon", 0))
