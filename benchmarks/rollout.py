"""35 users: from nothing to everybody's page after login, as a multiple of what the engine itself needs."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import docker

from benchmarks.facility import Facility, answers_after_login, facility, some_users
from benchmarks.figures import Figure

USERS = 35
AT_ONCE = 8


def measure() -> Iterator[Figure]:
    with facility(some_users(USERS)) as place:
        # The images are built and the overview's port is bound before anything is timed.
        place.orchestrator("build")
        floor = _idle_containers_seconds(place)
        started = time.monotonic()
        dashboards = place.up()["dashboards"]
        told_ready = time.monotonic() - started
        passwords = place.passwords()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(
                pool.map(
                    lambda d: answers_after_login(d["port"], d["user"], passwords[d["user"]]), dashboards
                )
            )
        all_answer = time.monotonic() - started
        floor = (floor + _idle_containers_seconds(place)) / 2
        yield Figure(
            "35 users, nothing running -> all answer after login",
            all_answer / floor,
            "x",
            2.5,
            f"{all_answer:.1f} s (`up` returned after {told_ready:.1f} s) against {floor:.1f} s for {USERS} "
            f"idle containers, {AT_ONCE} at a time (mean of before and after)",
        )
        runs = []
        for _ in range(5):
            started = time.monotonic()
            place.up()
            runs.append(time.monotonic() - started)
        yield Figure(
            "`up` again, 35 users, nothing to do",
            sorted(runs)[2],
            "s",
            1.5,
            f"whole command, median of 5 ({min(runs):.2f} to {max(runs):.2f} s)",
        )


def _idle_containers_seconds(place: Facility) -> float:
    engine = docker.from_env()
    image = _dashboard_image(engine)

    def start(number: int) -> str:
        container = engine.api.create_container(
            image, ["sleep", "600"], entrypoint="", name=f"usermon-idle-{place.base_port}-{number}"
        )
        engine.api.start(container["Id"])
        return str(container["Id"])

    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        containers = list(pool.map(start, range(USERS)))
    seconds = time.monotonic() - started
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: engine.api.remove_container(name, force=True), containers))
    engine.close()
    return seconds


def _dashboard_image(engine: docker.DockerClient) -> str:
    tags = [tag for image in engine.images.list("usermon-user-dashboard") for tag in image.tags]
    if not tags:
        raise RuntimeError("no image usermon-user-dashboard: run `make images`")
    return str(tags[0])
