"""A deployment on an engine in memory: what does not need a real one is tried here, fast."""

from collections.abc import Callable
from pathlib import Path

from orchestrator.deployment import Deployment
from orchestrator.owner import Owner
from orchestrator.runtimes import Running
from orchestrator.runtimes.in_memory import InMemoryEngine, InMemoryRuntime
from orchestrator.settings import OrchestratorSettings
from orchestrator.state_files import ensure_deployment_id, prepare_state_folder
from orchestrator.up_plan import UpRequest
from orchestrator.wanted_users import WantedUsers

DASHBOARD_IMAGE, SERVICES_IMAGE = "usermon-user-dashboard:1", "usermon-services:1"


def engine_in_memory() -> InMemoryEngine:
    return InMemoryEngine(images={DASHBOARD_IMAGE: "sha256:1111", SERVICES_IMAGE: "sha256:2222"})


def deployment_in(
    folder: Path,
    engine: InMemoryEngine,
    probe: Callable[[int], bool] = lambda _port: True,
    **settings: object,
) -> Deployment:
    """A deployment with its state in `folder`; calling it twice opens the same one."""
    chosen = OrchestratorSettings.load(
        **{
            "state_dir": folder / "state",
            "image": DASHBOARD_IMAGE,
            "services_image": SERVICES_IMAGE,
            "base_port": 40_100,
            "overview_port": 40_080,
            **settings,
        }
    )
    owner: Owner = prepare_state_folder(chosen.state)
    id_ = ensure_deployment_id(chosen.state, owner)
    return Deployment(id_, chosen, owner, InMemoryRuntime(engine, id_), probe)


def request_for(*users: str, services: bool = False, **options: bool) -> UpRequest:
    return UpRequest(WantedUsers(dict.fromkeys(users, "users"), ()), services=services, **options)


def by_user(deployment: Deployment) -> dict[str, Running]:
    return {c.user: c for c in deployment.runtime.list() if c.user is not None}


class Quiet:
    """Progress that is kept instead of shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)

    def begin(self, _total: int) -> "Quiet":
        return self

    def done(self, text: str) -> None:
        self.lines.append(text)

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        pass
