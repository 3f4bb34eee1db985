"""How one user's dashboard runs."""

from dataclasses import dataclass

from orchestrator.health_checks import listening_health_check
from orchestrator.names import dashboard_name
from orchestrator.runtimes import ContainerSpec, Mount, Role
from orchestrator.spec_hash import with_hash
from usermon.state_folder import StateFolder

CONTAINER_PORT = 8050
_PROCESSES = 64


@dataclass(frozen=True, slots=True)
class DashboardKind:
    """What all dashboards of a deployment have in common."""

    deployment: str
    state: StateFolder
    image: str
    image_id: str
    bind_address: str
    run_as: tuple[int, int]
    memory_bytes: int
    cpus: float


def dashboard_spec(kind: DashboardKind, user: str, port: int) -> ContainerSpec:
    """The container sees this user's published files and secrets, and nothing else of ours."""
    return with_hash(
        ContainerSpec(
            name=dashboard_name(kind.deployment, user),
            role=Role.DASHBOARD,
            user=user,
            image=kind.image,
            image_id=kind.image_id,
            command=(),
            environment={"USERMON_USER": user},
            mounts=(
                Mount(kind.state.published_folder(user), "/data"),
                Mount(kind.state.secrets_folder(user), "/run/usermon"),
            ),
            bind_address=kind.bind_address,
            port=port,
            container_port=CONTAINER_PORT,
            run_as=kind.run_as,
            memory_bytes=kind.memory_bytes,
            cpus=kind.cpus,
            pids=_PROCESSES,
            healthcheck=listening_health_check(CONTAINER_PORT),
            isolated=True,
        )
    )
