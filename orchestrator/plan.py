"""What `up` would do, as data: --dry-run prints it, rollout carries it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.runtimes import ContainerSpec, Role, Running, State
from orchestrator.spec_hash import image_part
from usermon.errors import WrongUse


class Action(StrEnum):
    START = "start"
    REPLACE = "replace"
    KEEP = "keep"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """One container and its fate. `spec` is there unless it is stopped, `running` when it exists."""

    action: Action
    name: str
    role: Role
    user: str | None
    cause: str
    spec: ContainerSpec | None = None
    running: Running | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`orphans` are dashboards of users that no list names; `steps` stops them only when told to."""

    steps: tuple[Step, ...]
    orphans: tuple[Running, ...]

    @property
    def changes(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action is not Action.KEEP)


class ListRefused(WrongUse):
    """The lists look like a mistake; the admin may insist."""


def make_plan(
    wanted: Sequence[ContainerSpec], running: Sequence[Running], *, remove_orphans: bool = False
) -> Plan:
    """Steps in the order of `wanted`, then the orphans'. Services that are not wanted are left alone."""
    by_name = {container.name: container for container in running}
    steps = [_step(spec, by_name.get(spec.name)) for spec in wanted]
    names = {spec.name for spec in wanted}
    orphans = tuple(c for c in running if c.role is Role.DASHBOARD and c.name not in names)
    if remove_orphans:
        steps += [Step(Action.STOP, o.name, o.role, o.user, "in no list any more", None, o) for o in orphans]
    return Plan(tuple(steps), orphans)


def refuse_empty(wanted: Sequence[str], *, allow_empty: bool) -> None:
    if not wanted and not allow_empty:
        raise ListRefused(
            "the lists name no user at all",
            "Look whether the right files were given; if nobody shall have a dashboard, add --allow-empty.",
        )


def refuse_shrink(wanted: Sequence[str], running: Sequence[Running], *, allow_shrink: bool) -> None:
    """Lists that leave out more than half of the running dashboards are more often cut short than meant."""
    runs = {c.user for c in running if c.role is Role.DASHBOARD and c.state in (State.READY, State.STARTING)}
    dropped = len(runs - set(wanted))
    if 2 * dropped > len(runs) and not allow_shrink:
        raise ListRefused(
            f"the lists leave out {dropped} of {len(runs)} running dashboards",
            "Look whether the right files were given, and whole; if so, add --allow-shrink.",
        )


def _step(spec: ContainerSpec, found: Running | None) -> Step:
    action, cause = _judge(spec, found)
    return Step(action, spec.name, spec.role, spec.user, cause, spec, found)


def _judge(spec: ContainerSpec, found: Running | None) -> tuple[Action, str]:
    if found is None:
        return Action.START, "not there"
    if found.spec_hash != spec.spec_hash:
        old_image = found.spec_hash.partition("-")[0] != image_part(spec)
        return Action.REPLACE, "runs an older image" if old_image else "runs with older settings"
    reason = f" ({found.exit_reason})" if found.exit_reason else ""
    if found.state is State.STOPPED:
        return Action.START, f"stands still{reason}"
    if found.state is State.FAILED:
        return Action.REPLACE, f"failed{reason}"
    return Action.KEEP, "as wanted"
