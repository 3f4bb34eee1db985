"""Specifications and containers with defaults, for tests about what becomes of them."""

from dataclasses import replace
from pathlib import Path

from orchestrator.dashboard_spec import DashboardKind, dashboard_spec
from orchestrator.runtimes import ContainerSpec, Role, Running, State
from usermon.state_folder import StateFolder

KIND = DashboardKind(
    deployment="0a1b2c3d4e",
    state=StateFolder(Path("/srv/usermon")),
    image="usermon-user-dashboard:1",
    image_id="sha256:1111",
    bind_address="0.0.0.0",
    run_as=(10_001, 10_001),
    memory_bytes=128 << 20,
    cpus=1.0,
)


def spec_of(user: str = "alice", port: int = 8100, **changed: object) -> ContainerSpec:
    """A dashboard's; `changed` are fields of what all dashboards have in common."""
    return dashboard_spec(replace(KIND, **changed), user, port)  # type: ignore[arg-type]


def running_of(spec: ContainerSpec, state: State = State.READY, exit_reason: str | None = None) -> Running:
    return Running(
        name=spec.name,
        role=spec.role,
        user=spec.user,
        port=spec.port,
        spec_hash=spec.spec_hash,
        state=state,
        image=spec.image,
        container="0123456789ab",
        started_at=1_772_452_800.0,
        exit_reason=exit_reason,
    )


def service(role: Role = Role.OVERVIEW) -> Running:
    spec = replace(spec_of(), name=f"usermon-0a1b2c3d4e-{role}", role=role, user=None)
    return running_of(spec)
