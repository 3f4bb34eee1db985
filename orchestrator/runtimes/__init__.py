"""What a runtime must do. Inputs and outputs are our own records, never an SDK's objects.

`tests/orchestrator/test_runtime_contract.py` runs on every implementation, so that agreement is tested.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from usermon.errors import UsermonError


class Role(StrEnum):
    """What a container of a deployment is for."""

    DASHBOARD = "dashboard"
    OVERVIEW = "overview"
    COLLECTORS = "collectors"


SERVICES = frozenset({Role.OVERVIEW, Role.COLLECTORS})


class State(StrEnum):
    """What a container does, in the few words that people need."""

    READY = "ready"  # runs (and, once probed, answers)
    STARTING = "starting"
    STOPPED = "stopped"
    FAILED = "failed"  # restarts over and over, was killed, or its health check fails


@dataclass(frozen=True, slots=True)
class Mount:
    """A host folder or file, seen in the container at `target`."""

    source: Path
    target: str
    read_only: bool = True


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """Everything that decides how a container runs. Holds no secret: those lie in mounted files.

    `spec_hash` is over all other fields; a running container whose label differs is replaced.
    """

    name: str
    role: Role
    user: str | None  # of a dashboard
    image: str
    image_id: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    bind_address: str
    port: int | None  # on the host; None: not reachable from outside
    container_port: int
    run_as: tuple[int, int]  # uid, gid; never 0
    memory_bytes: int
    cpus: float
    pids: int
    healthcheck: tuple[str, ...]
    isolated: bool  # True: on the network where containers cannot reach one another
    spec_hash: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A container of this deployment as the runtime sees it, whether it runs or stands still."""

    name: str
    role: Role
    user: str | None
    port: int | None
    spec_hash: str
    state: State
    image: str
    container: str  # the runtime's own id, short
    node: str | None = None
    started_at: float | None = None
    exit_reason: str | None = None  # of one that stopped or failed, in words
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a container of ours: "started", "stopped", "removed", "unhealthy"."""

    kind: str
    name: str
    user: str | None


class Runtime(Protocol):
    """Where containers run. Every verb touches this deployment's containers only, and is safe to repeat."""

    def start(self, spec: ContainerSpec) -> Running:
        """Make and start the container; one of the same name is replaced. Returns without waiting for it
        to answer.

        Raises:
            PortTaken: the port is held by somebody else; nothing is left behind.
            RuntimeFailure: anything else that the engine refuses.
        """

    def stop(self, name: str, *, remove: bool = True) -> None:
        """Stop, and remove unless told otherwise. Nothing happens when there is none."""

    def find(self, name: str) -> Running | None: ...

    def list(self) -> list[Running]:
        """All containers of this deployment, running or not, in one call to the engine."""

    def read_logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[str]:
        """Lines, oldest first. Raises NoSuchContainer."""

    def memory_bytes(self, names: Sequence[str]) -> dict[str, int]:
        """Memory in use now, of those that run."""

    def events(self) -> Iterator[Event]:
        """Blocks and yields until the engine goes away: then EngineUnreachable is raised."""

    def image_id(self, image: str) -> str | None:
        """The id of a local image; None when there is none."""

    def remove_network(self) -> None:
        """Remove what `start` made beside containers. Safe to repeat; kept while containers use it."""


class RuntimeFailure(UsermonError):
    """The engine refused, for one container."""


class EngineUnreachable(RuntimeFailure):
    """No engine answers."""


class NoSuchContainer(RuntimeFailure):
    """No container of that name in this deployment."""


class PortTaken(RuntimeFailure):
    """Somebody else listens on the port."""

    def __init__(self, port: int, holder: str | None = None) -> None:
        by = f" by {holder}" if holder else ""
        super().__init__(
            f"port {port} is taken{by}",
            f"Stop what listens there (`ss -ltnp 'sport = :{port}'` names it), or choose another "
            "USERMON_BASE_PORT.",
        )
        self.port = port
        self.holder = holder


def open_runtime(kind: str, deployment: str) -> Runtime:
    """The one place that knows all runtimes. `kind` is USERMON_RUNTIME, checked by the settings.

    Raises:
        EngineUnreachable: nobody answers, or we may not ask.
    """
    if kind == "docker":
        from orchestrator.runtimes.docker.containers import open_docker  # loads the SDK

        return open_docker(deployment)
    raise ValueError(kind)
