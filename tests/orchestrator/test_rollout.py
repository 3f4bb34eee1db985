"""Carrying out a plan, on an engine in memory."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.plan import Action, Step, make_plan
from orchestrator.rollout import Rollout
from orchestrator.runtimes import ContainerSpec, PortTaken, State
from orchestrator.runtimes.in_memory import InMemoryEngine, InMemoryRuntime, Program
from tests.orchestrator.in_memory import Quiet, engine_in_memory
from tests.orchestrator.specs import running_of, spec_of
from usermon.state_folder import StateFolder


@pytest.fixture
def engine() -> InMemoryEngine:
    return engine_in_memory()


@pytest.fixture
def specs(tmp_path: Path) -> list[ContainerSpec]:
    state = StateFolder(tmp_path)
    users = [f"user{n}" for n in range(6)]
    for user in users:
        state.secrets_folder(user).mkdir(parents=True)
        state.published_folder(user).mkdir(parents=True)
    return [spec_of(user, 40_200 + n, state=state) for n, user in enumerate(users)]


def rollout(
    engine: InMemoryEngine,
    probe: Callable[[int], bool] = lambda _port: True,
    parallel: int = 3,
    timeout_seconds: float = 30.0,
    wait: bool = True,
) -> Rollout:
    return Rollout(InMemoryRuntime(engine, "d"), probe, Quiet(), parallel, timeout_seconds, wait)


def steps(specs: list[ContainerSpec]) -> tuple[Step, ...]:
    return make_plan(specs, []).steps


def test_outcomes_come_in_the_order_of_the_plan(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    outcomes = rollout(engine).carry_out(steps(specs))
    assert [o.step.user for o in outcomes] == [spec.user for spec in specs]
    assert {o.state for o in outcomes} == {State.READY}
    assert len(engine.containers) == 6


def test_never_more_than_n_at_a_time(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    waiting: set[int] = set()
    most = 0
    lock = threading.Lock()
    asked: dict[int, int] = {}

    def probe(port: int) -> bool:
        nonlocal most
        with lock:
            waiting.add(port)
            most = max(most, len(waiting))
            asked[port] = asked.get(port, 0) + 1
            ready = asked[port] == 3
            if ready:
                waiting.discard(port)
        return ready

    rollout(engine, probe, parallel=2).carry_out(steps(specs))
    assert most == 2


def test_one_failure_never_stops_the_rest(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    engine.held_ports = {40_202: "caddy"}
    outcomes = rollout(engine).carry_out(steps(specs))
    assert [o.state is State.READY for o in outcomes] == [True, True, False, True, True, True]
    assert isinstance(outcomes[2].error, PortTaken)


def test_a_program_that_ends_is_noticed_with_its_last_words(
    engine: InMemoryEngine, specs: list[ContainerSpec]
) -> None:
    engine.programs = {(): Program(("first", "cannot find my data"), exit_code=3)}
    begin = time.monotonic()
    (outcome,) = rollout(engine, lambda _port: False).carry_out(steps(specs[:1]))
    assert outcome.error is not None
    assert "code 3" in outcome.error.message
    assert "cannot find my data" in outcome.error.message
    assert outcome.error.remedy == "`orchestrator logs user0` shows more."
    assert time.monotonic() - begin < 30, "long before its time was up"


def test_who_never_answers_is_given_up(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    outcomes = rollout(engine, lambda port: port != 40_200, timeout_seconds=0.2).carry_out(steps(specs[:2]))
    assert outcomes[0].error is not None
    assert "no answer within 0.2 s" in outcomes[0].error.message
    assert outcomes[1].state is State.READY


def test_without_waiting_nobody_is_asked(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    def probe(_port: int) -> bool:
        raise AssertionError("asked")

    outcomes = rollout(engine, probe, wait=False).carry_out(steps(specs))
    assert all(o.error is None and o.ready_seconds is None for o in outcomes)


def test_what_runs_as_wanted_is_not_touched(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    plan = make_plan(specs, [running_of(spec) for spec in specs])
    outcomes = rollout(engine).carry_out(plan.steps)
    assert {o.step.action for o in outcomes} == {Action.KEEP}
    assert engine.history == []


def test_an_interrupt_begins_nothing_more(engine: InMemoryEngine, specs: list[ContainerSpec]) -> None:
    def interrupt(_port: int) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rollout(engine, interrupt, parallel=1).carry_out(steps(specs))
    assert len(engine.containers) < len(specs)
