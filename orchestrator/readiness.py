"""Waiting until a container answers, and telling early when it never will."""

import threading
import time
from collections.abc import Callable

from orchestrator.runtimes import ContainerSpec, Running, Runtime, RuntimeFailure, State
from orchestrator.targets import word_for

Probe = Callable[[int], bool]

# Many wait at once on a machine that is busy starting them: asking costs them time.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.15, 0.4
_FIRST_LOOK_SECONDS, _LOOK_EVERY_SECONDS = 1.0, 2.0
_LAST_WORDS = 5


class NotReady(RuntimeFailure):
    """A container does not answer. `last_words` are the newest lines of its log."""

    def __init__(self, spec: ContainerSpec, what: str, last_words: tuple[str, ...]) -> None:
        quoted = f"; its last words: {' / '.join(last_words)}" if last_words else ""
        super().__init__(
            f"{what}{quoted}",
            f"`orchestrator logs {word_for(spec.user, spec.role)}` shows more.",
        )
        self.last_words = last_words


class Cancelled(RuntimeFailure):
    """The run was interrupted."""

    def __init__(self) -> None:
        super().__init__("interrupted", "Run the same command again: it finishes the work.")


def wait_until_ready(
    runtime: Runtime,
    spec: ContainerSpec,
    started: Running | None,
    probe: Probe,
    *,
    timeout_seconds: float,
    cancelled: threading.Event,
) -> None:
    """Return once `probe(port)` says yes; a container without port is ready when it runs. `started` is what
    the runtime said when it started the container just now.

    Raises:
        NotReady: it stopped, starts over and over, or took too long.
    """
    begin = time.monotonic()
    look_at, pause = begin + _FIRST_LOOK_SECONDS, _FIRST_PAUSE
    while True:
        if spec.port is not None and probe(spec.port):
            return
        now = time.monotonic()
        if spec.port is None or now >= look_at:
            started = _refuse_dead(runtime, spec, started)
            look_at = now + _LOOK_EVERY_SECONDS
            if spec.port is None:
                return
        if now - begin > timeout_seconds:
            raise NotReady(spec, f"gave no answer within {timeout_seconds:g} s", _last_words(runtime, spec))
        if cancelled.wait(pause):
            raise Cancelled
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def _refuse_dead(runtime: Runtime, spec: ContainerSpec, before: Running | None) -> Running:
    found = runtime.find(spec.name)
    if found is None:
        raise NotReady(spec, "somebody removed the container while it started", ())
    if found.state in (State.FAILED, State.STOPPED):
        raise NotReady(spec, found.exit_reason or "stopped right after its start", _last_words(runtime, spec))
    if before is not None and found.started_at != before.started_at:
        raise NotReady(spec, "ended, and the engine started it again", _last_words(runtime, spec))
    return found


def _last_words(runtime: Runtime, spec: ContainerSpec) -> tuple[str, ...]:
    try:
        lines = [line.strip() for line in runtime.read_logs(spec.name, tail=_LAST_WORDS)]
    except RuntimeFailure:
        return ()
    return tuple(line for line in lines if line)
