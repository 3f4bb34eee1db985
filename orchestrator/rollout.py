"""Carrying out a plan: a few containers at a time, each until it answers; no failure stops the rest."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from orchestrator.deployment import Deployment
from orchestrator.plan import Action, Step
from orchestrator.progress import Progress
from orchestrator.readiness import Probe, wait_until_ready
from orchestrator.runtimes import Running, Runtime, State
from usermon.errors import UsermonError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step. `ready_seconds` is None for what was not waited for."""

    step: Step
    state: State | None  # None: stopped and removed
    running: Running | None = None
    ready_seconds: float | None = None
    error: UsermonError | None = None


def rollout_of(deployment: Deployment, progress: Progress, *, wait: bool = True) -> "Rollout":
    """As the deployment's settings want it."""
    settings = deployment.settings
    return Rollout(
        deployment.runtime, deployment.probe, progress, settings.parallel, settings.ready_seconds, wait
    )


@dataclass(frozen=True, slots=True)
class Rollout:
    runtime: Runtime
    probe: Probe
    progress: Progress
    parallel: int
    ready_timeout_seconds: float
    wait: bool = True
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def carry_out(self, steps: Sequence[Step]) -> list[Outcome]:
        """An outcome for each of `steps`, in their order."""
        busy = [step for step in steps if not _is_done(step)]
        outcomes = {step.name: _kept(step) for step in steps if _is_done(step)}
        if busy:
            # Who only has to answer once more is no news, unless they do not.
            with self.progress.begin(sum(step.action is not Action.KEEP for step in busy)):
                outcomes |= self._run(busy)
        return [outcomes[step.name] for step in steps]

    def _run(self, steps: Sequence[Step]) -> dict[str, Outcome]:
        with ThreadPoolExecutor(max_workers=self.parallel, thread_name_prefix="rollout") as pool:
            futures: dict[str, Future[Outcome]] = {
                step.name: pool.submit(self._attempt, step) for step in steps
            }
            try:
                return {name: future.result() for name, future in futures.items()}
            except BaseException:  # Ctrl-C above all: begin nothing more, wait for nothing
                self._cancelled.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _attempt(self, step: Step) -> Outcome:
        begin = time.monotonic()
        try:
            outcome = self._carry_out(step, begin)
            if step.action is not Action.KEEP:
                self.progress.done(_in_words(outcome))
        except UsermonError as error:
            outcome = Outcome(step, State.FAILED, step.running, error=error)
            self.progress.done(f"{step.user or step.role}: FAILED: {error.message}")
        return outcome

    def _carry_out(self, step: Step, begin: float) -> Outcome:
        if step.action is Action.STOP:
            self.runtime.stop(step.name)
            return Outcome(step, None)
        spec = step.spec
        assert spec is not None  # noqa: S101 - every step but a stop has one; for the type checker
        started = None if step.action is Action.KEEP else self.runtime.start(spec)
        running = started or step.running
        if not self.wait:
            return Outcome(step, running.state if running else State.STARTING, running)
        wait_until_ready(
            self.runtime,
            spec,
            started,
            self.probe,
            timeout_seconds=self.ready_timeout_seconds,
            cancelled=self._cancelled,
        )
        return Outcome(step, State.READY, running, time.monotonic() - begin)


def _is_done(step: Step) -> bool:
    # The engine calls a container "starting" until its first health check: then it is asked, not believed.
    return step.action is Action.KEEP and step.running is not None and step.running.state is State.READY


def _kept(step: Step) -> Outcome:
    return Outcome(step, State.READY, step.running)


def _in_words(outcome: Outcome) -> str:
    who = outcome.step.user or outcome.step.role
    if outcome.state is None:
        return f"{who}: removed"
    after = f" after {outcome.ready_seconds:.1f} s" if outcome.ready_seconds is not None else ""
    return f"{who}: {outcome.state}{after} ({outcome.step.cause})"
