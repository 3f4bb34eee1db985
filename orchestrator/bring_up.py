"""`up`: from lists to running containers. Whatever must not be lost is on disk before a container starts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.credentials import ADMIN_ROW
from orchestrator.deployment import Deployment
from orchestrator.first_collection import wait_for_first_runs
from orchestrator.ledger import load_ledger, update_ledger
from orchestrator.observe import believe_answers
from orchestrator.password_files import ensure_passwords
from orchestrator.plan import Action
from orchestrator.port_holders import name_holders
from orchestrator.progress import Progress
from orchestrator.rollout import Outcome, rollout_of
from orchestrator.runtimes import PortTaken, Role, Running, State
from orchestrator.secret_files import ensure_keys
from orchestrator.states import record_states
from orchestrator.store_url import ensure_store_url_file
from orchestrator.up_plan import PlannedUp, UpRequest, plan_up
from orchestrator.wanted_users import RejectedName
from usage_store.dashboards import forget_dashboards

# Each round finds at least one port held by others; more than a few mean that something else is wrong.
_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class UpResult:
    outcomes: tuple[Outcome, ...]
    orphans: tuple[Running, ...]
    rejected: tuple[RejectedName, ...]
    credentials_file: Path
    new_passwords: tuple[str, ...]
    notes: tuple[str, ...]


def bring_up(deployment: Deployment, request: UpRequest, progress: Progress) -> UpResult:
    """Start, replace and mend until all in the lists runs; safe to repeat, and to kill at any moment."""
    with deployment.locked("up", progress):
        return _bring_up(deployment, request, progress)


def _bring_up(deployment: Deployment, request: UpRequest, progress: Progress) -> UpResult:
    ensure_store_url_file(deployment)
    planned = plan_up(deployment, request)
    new_passwords = _write_down(deployment, request, planned)
    rollout = rollout_of(deployment, progress, wait=request.wait)
    outcomes = {outcome.step.name: outcome for outcome in rollout.carry_out(planned.plan.steps)}
    also_taken: frozenset[int] = frozenset()
    newcomers = planned.new_users
    for _ in range(_MOST_ROUNDS):
        unlucky = _newcomers_on_taken_ports(outcomes.values(), newcomers)
        if not unlucky:
            break
        also_taken |= set(unlucky.values())
        planned = _move_newcomers(deployment, request, unlucky, also_taken)
        steps = [step for step in planned.plan.steps if step.user in unlucky]
        outcomes |= {outcome.step.name: outcome for outcome in rollout.carry_out(steps)}
    results = tuple(_name_holder(outcome, deployment.settings.overview_port) for outcome in outcomes.values())
    notes = (
        _wait_for_data(deployment, planned, results, progress)
        if request.wait and request.wait_for_data
        else []
    )
    if request.services and planned.site is None:
        notes.append(
            f"no {deployment.settings.config}: the collectors have nothing to read and were not started"
        )
    _record(deployment, planned, results)
    return UpResult(
        results,
        planned.plan.orphans,
        request.wanted.rejected,
        deployment.state.credentials_file,
        tuple(new_passwords),
        tuple(notes),
    )


def _write_down(deployment: Deployment, request: UpRequest, planned: PlannedUp) -> list[str]:
    """Ports, keys and passwords; returns who got a new password."""
    update_ledger(deployment.store, planned.ledger, planned.ports, request.wanted.lists_of)
    ensure_keys(deployment.state, deployment.owner, planned.ports)
    settings = deployment.settings
    return ensure_passwords(
        deployment.state,
        deployment.owner,
        {
            ADMIN_ROW: settings.url_of(settings.overview_port),
            **{user: settings.url_of(port) for user, port in planned.ports.items()},
        },
        settings.chosen_admin_password(),
    )


def _newcomers_on_taken_ports(outcomes: Iterable[Outcome], newcomers: Collection[str]) -> dict[str, int]:
    """Whoever has no bookmark yet may get another port. Where we cannot see who listens (in a container
    of our own), only the attempt to start tells that a port is taken."""
    return {
        outcome.step.user: outcome.error.port
        for outcome in outcomes
        if isinstance(outcome.error, PortTaken) and outcome.step.user and outcome.step.user in newcomers
    }


def _move_newcomers(
    deployment: Deployment, request: UpRequest, users: Collection[str], taken: frozenset[int]
) -> PlannedUp:
    with deployment.store.writing() as connection:
        forget_dashboards(connection, list(users))
    planned = plan_up(deployment, request, taken)
    _write_down(deployment, request, planned)
    return planned


def _name_holder(outcome: Outcome, overview_port: int) -> Outcome:
    error = outcome.error
    if not isinstance(error, PortTaken):
        return outcome
    named = PortTaken(error.port, error.holder or name_holders([error.port]).get(error.port))
    if error.port == overview_port:
        named.remedy = "Stop what listens there, or choose another USERMON_OVERVIEW_PORT."
    else:
        named.remedy = (
            f"Stop what listens there, then run this again: {outcome.step.user} keeps this port. "
            f"`orchestrator forget {outcome.step.user}` gives it up, with the password."
        )
    return replace(outcome, error=named)


def _wait_for_data(
    deployment: Deployment, planned: PlannedUp, outcomes: Iterable[Outcome], progress: Progress
) -> list[str]:
    started = next(
        (o for o in outcomes if o.step.role is Role.COLLECTORS and o.step.action is not Action.KEEP), None
    )
    if planned.site is None or started is None or started.error is not None:
        return []

    def still_runs() -> bool:
        found = deployment.runtime.find(started.step.name)
        return found is not None and found.state in (State.READY, State.STARTING)

    sources = [source.name for source in planned.site.sources]
    progress.note("waiting for the first data")
    found = deployment.runtime.find(started.step.name)
    since = found.started_at if found is not None and found.started_at is not None else 0.0
    runs = wait_for_first_runs(deployment.store, sources, since, still_runs)
    notes = [f"source {name}: {run.error}; {run.remedy}" for name, run in runs.items() if run and run.error]
    missing = [name for name, run in runs.items() if run is None]
    if missing:
        notes.append(
            f"not read yet: {', '.join(missing)}; `orchestrator logs service:collectors` may tell why"
        )
    return notes


def _record(deployment: Deployment, planned: PlannedUp, outcomes: Sequence[Outcome]) -> None:
    changed = any(outcome.step.action is not Action.KEEP for outcome in outcomes)
    running = deployment.runtime.list() if changed else planned.running
    answered = {outcome.step.name for outcome in outcomes if outcome.state is State.READY}
    running = [replace(c, state=State.READY) if c.name in answered else c for c in running]
    running = believe_answers(deployment, running)
    errors = {o.step.user: o.error.message for o in outcomes if o.error is not None and o.step.user}
    record_states(deployment, load_ledger(deployment.store, running), running, errors)
