"""What runs now, each dashboard with its place in the ledger: for `status` and for `watch`."""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.ledger import load_ledger
from orchestrator.runtimes import Role, Running, State
from usage_store.dashboards import LedgerEntry

_PROBES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A user's place in the ledger, and their container when there is one."""

    entry: LedgerEntry
    running: Running | None
    memory_bytes: int | None

    @property
    def state(self) -> State:
        return self.running.state if self.running else State.STOPPED


@dataclass(frozen=True, slots=True)
class Observed:
    dashboards: tuple[Dashboard, ...]  # in order of ports
    services: tuple[tuple[Running, int | None], ...]  # with the memory of each


def observe(deployment: Deployment, users: Collection[str] = (), *, with_memory: bool = True) -> Observed:
    """Who is listed or has a container, or only `users`. Raises UnknownUser."""
    running = believe_answers(deployment, deployment.runtime.list())
    ledger = load_ledger(deployment.store, running)
    for user in users:
        if user not in ledger:
            raise UnknownUser(user)
    containers = {c.user: c for c in running if c.role is Role.DASHBOARD}
    shown = [
        entry
        for user, entry in ledger.items()
        if user in users or (not users and (entry.listed or user in containers))
    ]
    services = [] if users else [c for c in running if c.role is not Role.DASHBOARD]
    alive = [c for c in (*containers.values(), *services) if c.state in (State.READY, State.STARTING)]
    names = [c.name for c in alive if not users or c.user in users]
    memory = deployment.runtime.memory_bytes(names) if with_memory and names else {}
    dashboards = []
    for entry in sorted(shown, key=lambda entry: entry.port):
        container = containers.get(entry.user)
        dashboards.append(Dashboard(entry, container, memory.get(container.name) if container else None))
    return Observed(tuple(dashboards), tuple((c, memory.get(c.name)) for c in services))


def believe_answers(deployment: Deployment, running: Iterable[Running]) -> list[Running]:
    """Engines call a container "starting" until its first health check, a minute maybe: ask it instead."""
    running = list(running)
    starting = [c for c in running if c.state is State.STARTING and c.port is not None]
    if not starting:
        return running
    with ThreadPoolExecutor(max_workers=_PROBES_AT_ONCE) as pool:
        answers = pool.map(lambda c: deployment.probe(c.port or 0), starting)
        ready = {c.name for c, answer in zip(starting, answers, strict=True) if answer}
    return [replace(c, state=State.READY) if c.name in ready else c for c in running]
