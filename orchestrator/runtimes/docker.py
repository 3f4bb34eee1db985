"""Containers on one Docker engine. The only module that knows the SDK."""

import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import requests
import urllib3
from docker.api import APIClient
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import kwargs_from_env

from orchestrator.errors import BuildFailure
from orchestrator.port_holders import name_holders
from orchestrator.runtimes import (
    ContainerSpec,
    EngineUnreachable,
    Event,
    PortTaken,
    Running,
)
from orchestrator.runtimes.docker_creation import (
    STOP_SECONDS,
    creation,
    network_labels,
    network_name,
    network_options,
)
from orchestrator.runtimes.docker_labels import DEPLOYMENT
from orchestrator.runtimes.docker_seccomp import no_way_out
from orchestrator.runtimes.docker_states import event_from, memory_in_use, running_from_list
from orchestrator.runtimes.engine_trouble import (
    is_about_a_taken_port,
    name_taken,
    no_such_container,
    no_such_image,
    refused,
    removed_meanwhile,
    unreachable,
)

_CALL_SECONDS = 60
_BUILD_SECONDS = 1800
_NETWORK_ATTEMPTS = 5
_SETTLE_SECONDS = 0.1
_CONNECTIONS = 64  # as many rollouts, log readers and event streams at once; more would wait for one another


def open_docker(deployment: str) -> "DockerRuntime":
    """The engine of DOCKER_HOST, else of the current Docker context. Raises EngineUnreachable."""
    return DockerRuntime(connect(), deployment)


def connect(timeout_seconds: float | None = _CALL_SECONDS) -> APIClient:
    """Raises EngineUnreachable: no engine answers, or we may not ask."""
    options: dict[str, Any] = dict(kwargs_from_env())
    if "base_url" not in options:
        context = ContextAPI.get_current_context()
        if context is not None and context.Host:
            options |= {"base_url": context.Host, "tls": context.TLSConfig or False}
    over_ssh = str(options.get("base_url", "")).startswith("ssh://")
    with _errors_in_words("speak with the engine"):
        return APIClient(
            version="auto",
            timeout=timeout_seconds,  # type: ignore[arg-type]  # None is allowed
            max_pool_size=_CONNECTIONS,
            use_ssh_client=over_ssh,
            **options,
        )


class DockerRuntime:
    """`orchestrator.runtimes.Runtime` on one engine. Threads may share it."""

    def __init__(self, api: APIClient, deployment: str) -> None:
        self._api = api
        self.deployment = deployment
        self._networks: set[str] = set()
        self._making_networks = threading.Lock()

    def start(self, spec: ContainerSpec) -> Running:
        with _errors_in_words(f"start {spec.name}"):
            self._ensure_network(isolated=spec.isolated)
            container = self._create(spec)
            try:
                self._start_on_network(container, spec)
            except BaseException as error:
                # Also when interrupted: what did not start must not stand in the way of the next attempt.
                with suppress(APIError):
                    self._api.remove_container(container, force=True, v=True)
                if spec.port is not None and _is_about_port(error):
                    raise PortTaken(spec.port, self._holder(spec.port)) from error
                raise
        running = self.find(spec.name)
        if running is None:
            raise removed_meanwhile(spec.name)
        return running

    def stop(self, name: str, *, remove: bool = True) -> None:
        with _errors_in_words(f"stop {name}"):
            listed = self._entry(name)
            if listed is None:
                return
            with suppress(NotFound):
                if listed["State"] in ("running", "restarting", "paused"):
                    self._api.stop(listed["Id"], timeout=STOP_SECONDS)
                if remove:
                    self._remove(listed["Id"], name)

    def find(self, name: str) -> Running | None:
        with _errors_in_words(f"look for {name}"):
            listed = self._entry(name)
            return running_from_list(listed, self._inspect, time.time(), exact=True) if listed else None

    def list(self) -> list[Running]:
        with _errors_in_words("list containers"):
            found = [running_from_list(entry, self._inspect, time.time()) for entry in self._entries()]
        return sorted((running for running in found if running), key=lambda running: running.name)

    def read_logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[str]:
        with _errors_in_words(f"read the log of {name}"):
            listed = self._entry(name)
            if listed is None:
                raise no_such_container(name)
            # A container may be silent for longer than any limit, so following has a connection without one.
            api = connect(timeout_seconds=None) if follow else self._api
            chunks = api.logs(listed["Id"], stream=True, follow=follow, tail="all" if tail is None else tail)
        return _lines(chunks, f"read the log of {name}", api if follow else None)

    def memory_bytes(self, names: Sequence[str]) -> dict[str, int]:
        with _errors_in_words("measure memory"):
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
        with _errors_in_words("listen to the engine"):
            stream = self._api.events(decode=True, filters=filters)
            return self._events(stream)

    def image_id(self, image: str) -> str | None:
        with _errors_in_words(f"look for image {image}"):
            try:
                return str(self._api.inspect_image(image)["Id"])  # type: ignore[no-untyped-call]
            except ImageNotFound:
                return None

    def remove_network(self) -> None:
        with _errors_in_words("remove networks"), self._making_networks:
            self._networks.clear()
            for network in self._api.networks(filters=self._label_filter()):
                try:
                    self._api.remove_network(network["Id"])
                except NotFound:
                    continue
                except APIError as error:
                    if error.status_code not in (403, 409):  # containers use it: kept
                        raise

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
                with self._making_networks:
                    self._networks.clear()
                time.sleep(_SETTLE_SECONDS)
                self._ensure_network(isolated=spec.isolated)
        return self._api.start(container)

    def _remove(self, container: str, name: str) -> None:
        try:
            self._api.remove_container(container, v=True, force=True)
        except APIError as error:
            if error.status_code != 409:
                raise
            # Somebody else is removing it: done when it is gone.
            deadline = time.monotonic() + _CALL_SECONDS
            while self._entry(name) is not None and time.monotonic() < deadline:
                time.sleep(0.1)

    def _ensure_network(self, *, isolated: bool) -> None:
        name = network_name(self.deployment, isolated=isolated)
        with self._making_networks:
            if name in self._networks:
                return
            if not self._networks_named(name):
                self._make_network(name, isolated=isolated)
                # Engines let two through that come at once, and then start nothing on either.
                time.sleep(_SETTLE_SECONDS)
            for superfluous in self._networks_named(name)[1:]:
                with suppress(APIError):
                    self._api.remove_network(superfluous["Id"])
            self._networks.add(name)

    def _networks_named(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Ours of exactly this name (the engine looks for parts of names), the oldest first."""
        found: Sequence[Mapping[str, Any]] = self._api.networks(names=[name], filters=self._label_filter())
        ours = [network for network in found if network["Name"] == name]
        return sorted(ours, key=lambda network: (network["Created"], network["Id"]))

    def _make_network(self, name: str, *, isolated: bool) -> None:
        try:
            self._api.create_network(
                name,
                driver="bridge",
                options=network_options(isolated=isolated),
                labels=network_labels(self.deployment),
                check_duplicate=True,
            )
        except APIError as error:
            if error.status_code != 409:  # somebody was faster
                raise

    def _entry(self, name: str) -> Mapping[str, Any] | None:
        """Our container of exactly this name, as the engine lists it."""
        return next((entry for entry in self._entries(name) if entry["Names"][0] == f"/{name}"), None)

    def _entries(self, name: str | None = None) -> Sequence[Mapping[str, Any]]:
        filters: dict[str, Any] = self._label_filter() | ({"name": name} if name else {})
        listed: Sequence[Mapping[str, Any]] = self._api.containers(all=True, filters=filters)
        return listed

    def _label_filter(self) -> dict[str, Any]:
        return {"label": f"{DEPLOYMENT}={self.deployment}"}

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
        with _errors_in_words("listen to the engine"):
            for reported in stream:
                event = event_from(reported)
                if event is not None:
                    yield event
        raise EngineUnreachable("the engine closed its stream of events", "It is stopping or restarting.")


@dataclass(frozen=True, slots=True)
class Image:
    id: str
    labels: Mapping[str, str]


class DockerImages:
    """The engine's images: looking at them, running one for a moment, building."""

    def __init__(self) -> None:
        self._api = connect(timeout_seconds=_BUILD_SECONDS)

    def find(self, name: str) -> Image | None:
        with _errors_in_words(f"look for image {name}"):
            try:
                details = self._api.inspect_image(name)  # type: ignore[no-untyped-call]
            except ImageNotFound:
                return None
            return Image(details["Id"], details["Config"].get("Labels") or {})

    def run(self, image: str, command: Sequence[str]) -> str:
        """What `command` prints in a container of `image` that has no network and is gone afterwards."""
        config = {"Image": image, "Cmd": [*command], "Entrypoint": [], "HostConfig": {"NetworkMode": "none"}}
        with _errors_in_words(f"run a command in {image}"):
            made = self._api.create_container_from_config(config)  # type: ignore[no-untyped-call]
            try:
                try:
                    self._api.start(made["Id"])
                except APIError as error:
                    raise _useless_base(image, command, _explanation(error)) from error
                code = self._api.wait(made["Id"])["StatusCode"]
                output = self._api.logs(made["Id"], stdout=True, stderr=bool(code)).decode(errors="replace")
            finally:
                self._api.remove_container(made["Id"], force=True, v=True)
        if code:
            raise _useless_base(image, command, output)
        return output

    def build(
        self,
        context: IO[bytes],
        name: str,
        *,
        target: str,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        """Build without any network and return the image's id. `name` moves to it when all went well, and
        the image that had the name goes as soon as no container uses it."""
        said: list[str] = []
        before = self.find(name)
        with _errors_in_words(f"build {name}"):
            for message in self._api.build(
                fileobj=context,
                custom_context=True,
                tag=name,
                target=target,
                buildargs=dict(arguments),
                labels=dict(labels),
                network_mode="none",
                rm=True,
                forcerm=True,
                decode=True,
            ):
                if "error" in message:
                    last_words = " / ".join(line for line in said[-5:] if line)
                    raise BuildFailure(
                        f"building {name} failed: {message['error']}; its last words: {last_words}",
                        "Mend what the build complains about, then run the same command again.",
                    )
                said += str(message.get("stream", "")).strip().splitlines()
        built = self.find(name)
        if built is None:
            raise BuildFailure(f"{name} was built, but is gone", "Run the same command again.")
        if before is not None and before.id != built.id:
            with suppress(APIError):
                # Its layers are the cache of the next build.
                self._api.remove_image(before.id, noprune=True)
        return built.id


def _useless_base(image: str, command: Sequence[str], why: str) -> BuildFailure:
    return BuildFailure(
        f"{command[0]} does not run in {image}: {why.strip()}", "Choose another USERMON_BASE_IMAGE."
    )


def _lines(chunks: Iterator[bytes], doing: str, api: APIClient | None) -> Generator[str, None, None]:
    """`api` is a connection of these lines' own, closed with them."""
    rest = b""
    try:
        with _errors_in_words(doing):
            for chunk in chunks:
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    yield line.decode(errors="replace").rstrip("\r")
        if rest:
            yield rest.decode(errors="replace")
    finally:
        if api is not None:
            api.close()


@contextmanager
def _errors_in_words(doing: str) -> Generator[None, None, None]:
    try:
        yield
    except APIError as error:
        raise refused(doing, _explanation(error)) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, DockerException, OSError) as error:
        raise unreachable(error, _CALL_SECONDS) from error


def _is_about_port(error: BaseException) -> bool:
    return isinstance(error, APIError) and is_about_a_taken_port(_explanation(error))


def _explanation(error: APIError) -> str:
    return str(error.explanation or error)
