"""Containers that exist in words only: what plans, rollouts and tests run on without an engine.

It keeps the same contract as the real ones, by the same suite (tests/orchestrator/test_runtime_contract.py).
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.runtimes import (
    ContainerSpec,
    EngineUnreachable,
    Event,
    PortTaken,
    Running,
    RuntimeFailure,
    State,
)
from orchestrator.runtimes.docker.labels import labels_of
from orchestrator.runtimes.engine_trouble import engine_gone, name_taken, no_such_container, no_such_image


@dataclass(frozen=True, slots=True)
class Program:
    """What a command does here: it says `lines`, then ends with `exit_code` or (None) goes on for ever."""

    lines: tuple[str, ...] = ()
    exit_code: int | None = None


@dataclass(slots=True)
class Container:
    deployment: str
    spec: ContainerSpec
    running: Running
    lines: tuple[str, ...]


@dataclass
class InMemoryEngine:
    """One machine, which several deployments may share as they share a real engine."""

    images: dict[str, str] = field(default_factory=dict)  # name -> id
    programs: Mapping[tuple[str, ...], Program] = field(default_factory=dict)  # by command
    held_ports: dict[int, str] = field(default_factory=dict)  # port -> the program outside that holds it
    memory_of_each: int = 32 * 1024**2
    containers: dict[str, Container] = field(default_factory=dict)
    history: list[tuple[str, Event]] = field(default_factory=list)  # deployment and what happened
    is_up: bool = True
    changed: threading.Condition = field(default_factory=threading.Condition)

    def go_away(self) -> None:
        """As an engine that is stopped: whatever is asked of it from now on fails."""
        with self.changed:
            self.is_up = False
            self.changed.notify_all()

    def crash(self, name: str, exit_code: int = 1) -> None:
        """The container's program ends by itself."""
        with self.changed:
            self.end(self.containers[name], State.FAILED, _crash_words(exit_code))

    def end(self, container: Container, state: State, reason: str) -> None:
        container.running = replace(container.running, state=state, exit_reason=reason)
        self.tell("stopped", container)

    def tell(self, kind: str, container: Container) -> None:
        self.history.append((container.deployment, Event(kind, container.spec.name, container.spec.user)))
        self.changed.notify_all()

    def holder(self, port: int) -> str | None:
        for name, container in self.containers.items():
            if container.spec.port == port and container.running.state is not State.STOPPED:
                return f"container {name}"
        return self.held_ports.get(port)


class InMemoryRuntime:
    """`orchestrator.runtimes.Runtime` on an engine in memory."""

    def __init__(self, engine: InMemoryEngine, deployment: str) -> None:
        self._engine = engine
        self._deployment = deployment

    def start(self, spec: ContainerSpec) -> Running:
        engine = self._engine
        if 0 in spec.run_as:
            raise ValueError(f"{spec.name} must not run as root")
        with engine.changed:
            self._check_engine()
            if spec.image not in engine.images:
                raise no_such_image(spec.image)
            missing = next((mount.source for mount in spec.mounts if not Path(mount.source).exists()), None)
            if missing is not None:
                raise RuntimeFailure(f"{missing} does not exist and cannot be mounted", "Make it first.")
            old = engine.containers.get(spec.name)
            if old is not None and old.deployment != self._deployment:
                raise name_taken(spec.name)
            self.stop(spec.name)
            holder = engine.holder(spec.port) if spec.port is not None else None
            if spec.port is not None and holder is not None:
                raise PortTaken(spec.port, holder)
            program = engine.programs.get(spec.command, Program())
            container = Container(self._deployment, spec, _running(spec, self._deployment), program.lines)
            engine.containers[spec.name] = container
            engine.tell("started", container)
            if program.exit_code is not None:
                engine.crash(spec.name, program.exit_code)
            return container.running

    def stop(self, name: str, *, remove: bool = True) -> None:
        with self._engine.changed:
            container = self._ours(name)
            if container is None:
                return
            if container.running.state is not State.STOPPED:
                self._engine.end(container, State.STOPPED, "was stopped")
            if remove:
                del self._engine.containers[name]
                self._engine.tell("removed", container)

    def find(self, name: str) -> Running | None:
        with self._engine.changed:
            container = self._ours(name)
            return container.running if container else None

    def list(self) -> list[Running]:
        with self._engine.changed:
            self._check_engine()
            ours = [c.running for c in self._engine.containers.values() if c.deployment == self._deployment]
            return sorted(ours, key=lambda running: running.name)

    def read_logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[str]:
        with self._engine.changed:
            container = self._ours(name)
        if container is None:
            raise no_such_container(name)
        lines = container.lines if tail is None else container.lines[max(0, len(container.lines) - tail) :]
        return self._follow(container, lines) if follow else iter(lines)

    def memory_bytes(self, names: Sequence[str]) -> dict[str, int]:
        alive = {running.name for running in self.list() if running.state in (State.READY, State.STARTING)}
        return {name: self._engine.memory_of_each for name in names if name in alive}

    def events(self) -> Iterator[Event]:
        with self._engine.changed:
            self._check_engine()
            return self._events_since(len(self._engine.history))

    def image_id(self, image: str) -> str | None:
        with self._engine.changed:
            self._check_engine()
            return self._engine.images.get(image)

    def remove_network(self) -> None:
        with self._engine.changed:
            self._check_engine()

    def _check_engine(self) -> None:
        if not self._engine.is_up:
            raise engine_gone()

    def _ours(self, name: str) -> Container | None:
        self._check_engine()
        container = self._engine.containers.get(name)
        return container if container is not None and container.deployment == self._deployment else None

    def _follow(self, container: Container, lines: Sequence[str]) -> Iterator[str]:
        yield from lines
        with self._engine.changed:
            self._engine.changed.wait_for(
                lambda: container.running.state is not State.READY or not self._engine.is_up
            )

    def _events_since(self, heard: int) -> Iterator[Event]:
        engine = self._engine
        while True:
            with engine.changed:
                while len(engine.history) == heard and engine.is_up:
                    engine.changed.wait()
                new = engine.history[heard:]
                heard += len(new)
                is_up = engine.is_up
            yield from (event for deployment, event in new if deployment == self._deployment)
            if not is_up:
                raise EngineUnreachable("the engine closed its stream of events", "It is stopping.")


def _running(spec: ContainerSpec, deployment: str) -> Running:
    now = time.time()
    return Running(
        name=spec.name,
        role=spec.role,
        user=spec.user,
        port=spec.port,
        spec_hash=spec.spec_hash,
        state=State.READY,
        image=spec.image,
        container=hashlib.sha256(f"{spec.name} {now}".encode()).hexdigest()[:12],
        started_at=now,
        labels=labels_of(spec, deployment),
    )


def _crash_words(exit_code: int) -> str:
    return f"ends with code {exit_code} whenever it is started"
