"""What runs, written into the store for the overview."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orchestrator.deployment import Deployment
from orchestrator.observe import Observed
from orchestrator.runtimes import Role, Running, State
from usage_store.dashboards import DashboardState, LedgerEntry, read_states, save_states


def record_states(
    deployment: Deployment,
    ledger: Mapping[str, LedgerEntry],
    running: Iterable[Running],
    errors: Mapping[str, str],
) -> None:
    """Note everybody's state; `errors` are of who could not be brought up. Memory that `watch` measured of
    the same container stays. What did not change is not written."""
    containers = {c.user: c for c in running if c.role is Role.DASHBOARD}
    with deployment.store.reading() as connection:
        before = read_states(connection)
    now = time.time()
    states = {}
    for user, entry in ledger.items():
        state = _state(deployment, entry, containers.get(user), errors.get(user), now)
        old = before.get(user)
        if old is not None and old.container == state.container:
            state = replace(state, memory_bytes=old.memory_bytes)
        if old is not None:
            state = replace(state, last_visit_at=old.last_visit_at)
        states[user] = state
    if _without_times(states) != _without_times(before):
        with deployment.store.writing() as connection:
            save_states(connection, states.values(), only=True)


def record_observed(
    deployment: Deployment, observed: Observed, visits: Mapping[str, float] | None = None
) -> None:
    """Note everything, memory and the time of looking included. `visits`: when users last looked, of whom
    it is known; what was known before stays."""
    now = time.time()
    with deployment.store.reading() as connection:
        before = read_states(connection)
    states = []
    for d in observed.dashboards:
        old = before.get(d.entry.user)
        # Why a start failed stays told until something of that user runs again.
        error = old.error if old is not None and d.running is None else None
        state = _state(deployment, d.entry, d.running, error, now)
        visit = (visits or {}).get(d.entry.user) or (old.last_visit_at if old is not None else None)
        states.append(replace(state, memory_bytes=d.memory_bytes, last_visit_at=visit))
    with deployment.store.writing() as connection:
        save_states(connection, states)


def _state(
    deployment: Deployment, entry: LedgerEntry, container: Running | None, error: str | None, now: float
) -> DashboardState:
    state = container.state if container is not None else State.STOPPED
    return DashboardState(
        user=entry.user,
        state=State.FAILED if error else state,
        url=deployment.settings.url_of(entry.port),
        image=container.image if container else None,
        node=container.node if container else None,
        container=container.container if container else None,
        started_at=container.started_at if container else None,
        memory_bytes=None,
        error=error or (container.exit_reason if container else None),
        seen_at=now,
    )


def _without_times(states: Mapping[str, DashboardState]) -> dict[str, DashboardState]:
    return {user: replace(state, seen_at=0.0) for user, state in states.items()}
