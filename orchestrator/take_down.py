"""`down`, `restart` and `forget`."""

import shutil
from collections.abc import Collection, Container, Iterable, Sequence

from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.ledger import forget_user, load_ledger
from orchestrator.observe import believe_answers
from orchestrator.password_files import forget_credential
from orchestrator.plan import Action, Step
from orchestrator.progress import Progress
from orchestrator.rollout import Outcome, rollout_of
from orchestrator.runtimes import Running
from orchestrator.site import read_site
from orchestrator.states import record_states
from orchestrator.targets import service_meant
from orchestrator.wanted_specs import dashboard_specs, service_specs


def take_down(deployment: Deployment, users: Collection[str], progress: Progress) -> list[Outcome]:
    """Stop and remove the dashboards of `users`; without users everything of the deployment. Ports,
    passwords and data stay. Raises UnknownUser."""
    with deployment.locked("down", progress):
        running = deployment.runtime.list()
        _refuse_unknown(users, load_ledger(deployment.store, running))
        chosen = [c for c in running if not users or c.user in users]
        outcomes = _stop(deployment, chosen, "asked for", progress)
        if not users:
            deployment.runtime.remove_network()
        _record(deployment, outcomes)
        return outcomes


def restart(deployment: Deployment, names: Sequence[str], progress: Progress) -> list[Outcome]:
    """New containers for users and services. Raises UnknownUser."""
    with deployment.locked("restart", progress):
        running = deployment.runtime.list()
        ledger = load_ledger(deployment.store, running)
        services = {role for name in names if (role := service_meant(name, ledger)) is not None}
        users = [name for name in names if service_meant(name, ledger) is None]
        _refuse_unknown(users, ledger)
        specs = dashboard_specs(deployment, {user: ledger[user].port for user in users})
        if services:
            wanted = service_specs(deployment, read_site(deployment.settings))
            specs += [spec for spec in wanted if spec.role in services]
        found = {c.name: c for c in running}
        steps = [
            Step(Action.REPLACE, s.name, s.role, s.user, "asked for", s, found.get(s.name)) for s in specs
        ]
        outcomes = rollout_of(deployment, progress).carry_out(steps)
        _record(deployment, outcomes)
        return outcomes


def forget(deployment: Deployment, users: Sequence[str], progress: Progress) -> list[Outcome]:
    """Remove the container, port, password, secrets and published data of `users`. What was measured stays
    in the store. Raises UnknownUser."""
    with deployment.locked("forget", progress):
        running = deployment.runtime.list()
        _refuse_unknown(users, load_ledger(deployment.store, running))
        chosen = [c for c in running if c.user in users]
        outcomes = _stop(deployment, chosen, "asked for", progress)
        failed = {outcome.step.user for outcome in outcomes if outcome.error}
        for user in users:
            if user in failed:
                continue
            forget_user(deployment.store, user)
            forget_credential(deployment.state, deployment.owner, user)
            for folder in (deployment.state.secrets_folder(user), deployment.state.published_folder(user)):
                shutil.rmtree(folder, ignore_errors=not folder.exists())
        return outcomes


def _refuse_unknown(users: Iterable[str], ledger: Container[str]) -> None:
    for user in users:
        if user not in ledger:
            raise UnknownUser(user)


def _stop(
    deployment: Deployment, running: Iterable[Running], cause: str, progress: Progress
) -> list[Outcome]:
    steps = [Step(Action.STOP, c.name, c.role, c.user, cause, None, c) for c in running]
    return rollout_of(deployment, progress).carry_out(steps)


def _record(deployment: Deployment, outcomes: Iterable[Outcome]) -> None:
    running = believe_answers(deployment, deployment.runtime.list())
    errors = {o.step.user: o.error.message for o in outcomes if o.error and o.step.user}
    record_states(deployment, load_ledger(deployment.store, running), running, errors)
