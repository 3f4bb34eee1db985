"""What runs, written into the store for the overview."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orchestrator.deployment import Deployment
from orchestrator.runtimes import Role, Running, State
from usage_store.dashboards import DashboardState, LedgerEntry, read_states, save_states


def record_states(
    deployment: Deployment,
    ledger: Mapping[str, LedgerEntry],
    running: Iterable[Running],
    *,
    errors: Mapping[str, str] | None = None,
    memory: Mapping[str, int] | None = None,
) -> None:
    """Note the state of everybody in `ledger`. `memory` (by container name) replaces what was measured
    before; without it older figures of the same container stay. Nothing new is not written."""
    errors, memory = errors or {}, memory or {}
    containers = {c.user: c for c in running if c.role is Role.DASHBOARD and c.user is not None}
    with deployment.store.reading() as connection:
        before = read_states(connection)
    now = time.time()
    states = []
    for user, entry in ledger.items():
        state = _state(deployment, entry, containers.get(user), errors.get(user), now)
        old = before.get(user)
        found = containers.get(user)
        if found is not None and found.name in memory:
            state = replace(state, memory_bytes=memory[found.name])
        elif old is not None and found is not None and old.container == found.container:
            state = replace(state, memory_bytes=old.memory_bytes)
        states.append(state)
    if memory or {s.user: replace(s, seen_at=0.0) for s in states} != {
        user: replace(old, seen_at=0.0) for user, old in before.items()
    }:
        with deployment.store.writing() as connection:
            save_states(connection, states, only=True)


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
