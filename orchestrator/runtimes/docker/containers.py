"""The containers of a deployment: the verbs of `orchestrator.runtimes.Runtime`."""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from typing import Any

from docker.api import APIClient
from docker.errors import APIError, ImageNotFound, NotFound

from orchestrator.port_holders import name_holders
from orchestrator.runtimes import ContainerSpec, EngineUnreachable, Event, PortTaken, Running
from orchestrator.runtimes.docker.connection import CALL_SECONDS, connect, errors_in_words, is_about_port
from orchestrator.runtimes.docker.creation import STOP_SECONDS, creation
from orchestrator.runtimes.docker.labels import DEPLOYMENT, of_deployment
from orchestrator.runtimes.docker.log_lines import lines
from orchestrator.runtimes.docker.networks import Networks
from orchestrator.runtimes.docker.seccomp import no_way_out
from orchestrator.runtimes.docker.states import event_from, memory_in_use, running_from_list
from orchestrator.runtimes.engine_trouble import (
    name_taken,
    no_such_container,
    no_such_image,
    removed_meanwhile,
)

_NETWORK_ATTEMPTS = 5


def open_docker(deployment: str) -> "DockerRuntime":
    """The engine of DOCKER_HOST, else of the current Docker context. Raises EngineUnreachable."""
    return DockerRuntime(connect(), deployment)


class DockerRuntime:
    """`orchestrator.runtimes.Runtime` on one engine. Threads may share it."""

    def __init__(self, api: APIClient, deployment: str) -> None:
        self._api = api
        self.deployment = deployment
        self._networks = Networks(api, deployment)

    def start(self, spec: ContainerSpec) -> Running:
        with errors_in_words(f"start {spec.name}"):
            self._networks.ensure(isolated=spec.isolated)
            container = self._create(spec)
            try:
                self._start_on_network(container, spec)
            except BaseException as error:
                # Also when interrupted: what did not start must not stand in the way of the next attempt.
                with suppress(APIError):
                    self._api.remove_container(container, force=True, v=True)
                if spec.port is not None and is_about_port(error):
                    raise PortTaken(spec.port, self._holder(spec.port)) from error
                raise
        running = self.find(spec.name)
        if running is None:
            raise removed_meanwhile(spec.name)
        return running

    def stop(self, name: str, *, remove: bool = True) -> None:
        with errors_in_words(f"stop {name}"):
            listed = self._entry(name)
            if listed is None:
                return
            with suppress(NotFound):
                if listed["State"] in ("running", "restarting", "paused"):
                    self._api.stop(listed["Id"], timeout=STOP_SECONDS)
                if remove:
                    self._remove(listed["Id"], name)

    def find(self, name: str) -> Running | None:
        with errors_in_words(f"look for {name}"):
            listed = self._entry(name)
            return running_from_list(listed, self._inspect, time.time(), exact=True) if listed else None

    def list(self) -> list[Running]:
        with errors_in_words("list containers"):
            found = [running_from_list(entry, self._inspect, time.time()) for entry in self._entries()]
        return sorted((running for running in found if running), key=lambda running: running.name)

    def read_logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[str]:
        with errors_in_words(f"read the log of {name}"):
            listed = self._entry(name)
            if listed is None:
                raise no_such_container(name)
            # A container may be silent for longer than any limit, so following has a connection without one.
            api = connect(timeout_seconds=None) if follow else self._api
            chunks = api.logs(listed["Id"], stream=True, follow=follow, tail="all" if tail is None else tail)
        return lines(chunks, f"read the log of {name}", api if follow else None)

    def memory_bytes(self, names: Sequence[str]) -> dict[str, int]:
        with errors_in_words("measure memory"):
            ours = {entry["Names"][0].removeprefix("/"): entry for entry in self._entries()}
            running = {
                name: ours[name]["Id"] for name in names if name in ours and ours[name]["State"] == "running"
            }
            if not running:
                return {}
            with ThreadPoolExecutor(max_workers=min(16, len(running))) as pool:
                measured = pool.map(self._memory_of, running.values())
                return {name: size for name, size in zip(running, measured, strict=True) if size is not None}

    def events(self) -> Iterator[Event]:
        filters = {
            "type": "container",
            "label": f"{DEPLOYMENT}={self.deployment}",
            "event": ["start", "die", "destroy", "health_status"],
        }
        with errors_in_words("listen to the engine"):
            stream = self._api.events(decode=True, filters=filters)
            return self._events(stream)

    def image_id(self, image: str) -> str | None:
        with errors_in_words(f"look for image {image}"):
            try:
                return str(self._api.inspect_image(image)["Id"])  # type: ignore[no-untyped-call]
            except ImageNotFound:
                return None

    def remove_network(self) -> None:
        with errors_in_words("remove networks"):
            self._networks.remove_all()

    # What the verbs are made of

    def _create(self, spec: ContainerSpec) -> str:
        seccomp = no_way_out() if spec.isolated and self._filters_system_calls else None
        config = creation(spec, self.deployment, seccomp)
        try:
            return self._create_once(config, spec.name)
        except APIError as error:
            if error.status_code != 409:
                raise
        if self._entry(spec.name) is None:
            raise name_taken(spec.name)
        self.stop(spec.name)
        return self._create_once(config, spec.name)

    @cached_property
    def _filters_system_calls(self) -> bool:
        # A few kernels are built without; such an engine refuses any profile.
        return any("name=seccomp" in option for option in self._api.info().get("SecurityOptions") or ())

    def _create_once(self, config: dict[str, Any], name: str) -> str:
        try:
            made = self._api.create_container_from_config(config, name)  # type: ignore[no-untyped-call]
            return str(made["Id"])
        except ImageNotFound as error:
            raise no_such_image(config["Image"]) from error

    def _start_on_network(self, container: str, spec: ContainerSpec) -> None:
        for _ in range(_NETWORK_ATTEMPTS):
            try:
                return self._api.start(container)
            except APIError as error:
                # Somebody removed the network since we made it (404), or another process makes one of the
                # same name in this moment (400).
                if error.status_code not in (400, 404):
                    raise
                self._networks.make_anew(isolated=spec.isolated)
        return self._api.start(container)

    def _remove(self, container: str, name: str) -> None:
        try:
            self._api.remove_container(container, v=True, force=True)
        except APIError as error:
            if error.status_code != 409:
                raise
            # Somebody else is removing it: done when it is gone.
            deadline = time.monotonic() + CALL_SECONDS
            while self._entry(name) is not None and time.monotonic() < deadline:
                time.sleep(0.1)

    def _entry(self, name: str) -> Mapping[str, Any] | None:
        """Our container of exactly this name, as the engine lists it."""
        return next((entry for entry in self._entries(name) if entry["Names"][0] == f"/{name}"), None)

    def _entries(self, name: str | None = None) -> Sequence[Mapping[str, Any]]:
        filters: dict[str, Any] = of_deployment(self.deployment) | ({"name": name} if name else {})
        listed: Sequence[Mapping[str, Any]] = self._api.containers(all=True, filters=filters)
        return listed

    def _inspect(self, container: str) -> Mapping[str, Any] | None:
        with suppress(NotFound):
            details: Mapping[str, Any] = self._api.inspect_container(container)
            return details
        return None

    def _memory_of(self, container: str) -> int | None:
        try:
            memory = self._api.stats(container, stream=False, one_shot=True)["memory_stats"]
        except NotFound:
            return None
        return memory_in_use(memory)

    def _holder(self, port: int) -> str | None:
        """A container that publishes the port, else a program of this machine."""
        with suppress(APIError):
            for entry in self._api.containers(filters={"publish": str(port)}):
                if any(published.get("PublicPort") == port for published in entry.get("Ports", [])):
                    return f"container {entry['Names'][0].removeprefix('/')}"
        return name_holders([port]).get(port)

    def _events(self, stream: Iterator[Mapping[str, Any]]) -> Generator[Event, None, None]:
        with errors_in_words("listen to the engine"):
            for reported in stream:
                event = event_from(reported)
                if event is not None:
                    yield event
        raise EngineUnreachable("the engine closed its stream of events", "It is stopping or restarting.")
