"""The engine: does it answer, has it the images, are the ports free."""

from collections.abc import Sequence

from orchestrator.doctor.checks import Check, failed, ok
from orchestrator.images import NoSuchImage, dashboard_image, require_image, services_image
from orchestrator.ledger import load_ledger
from orchestrator.port_holders import listening_ports, name_holders
from orchestrator.ports import assign_ports
from orchestrator.runtimes import Running, Runtime, RuntimeFailure, open_runtime
from orchestrator.settings import OrchestratorSettings
from orchestrator.state_files import new_deployment_id, read_deployment_id
from usage_store.engine import open_store


def open_engine(settings: OrchestratorSettings) -> tuple[Runtime | None, Check]:
    try:
        id_ = read_deployment_id(settings.state) if settings.state_dir.is_dir() else None
        runtime = open_runtime(settings.runtime, id_ or new_deployment_id())
        containers = len(runtime.list())
    except RuntimeFailure as error:
        return None, failed("engine", error.message, error.remedy)
    return runtime, ok("engine", f"answers; {containers} containers of this deployment")


def check_images(settings: OrchestratorSettings, runtime: Runtime) -> list[Check]:
    checks = []
    for image in (dashboard_image(settings), services_image(settings)):
        try:
            checks.append(ok("images", f"{image} is {require_image(runtime, image)[:19]}"))
        except NoSuchImage as error:
            checks.append(failed("images", error.message, error.remedy))
    return checks


def check_ports(settings: OrchestratorSettings, runtime: Runtime, users: Sequence[str]) -> list[Check]:
    """Ports of who has one, of `users` who would get one, and of the overview."""
    running = runtime.list()
    ours = {c.port for c in running}
    ports = _ports_of(settings, running)
    wanted = {**ports, **_new_ports(settings, ports, users, {p for p in ours if p is not None})}
    wanted["the overview"] = settings.overview_port
    listening = listening_ports()
    held = {who: port for who, port in wanted.items() if port in listening and port not in ours}
    holders = name_holders(set(held.values())) if held else {}
    checks = [
        failed(
            "ports",
            f"port {port} of {who} is held by {holders.get(port, 'another program')}",
            "Stop what listens there, or choose another USERMON_OVERVIEW_PORT."
            if port == settings.overview_port
            else f"Stop what listens there; or `orchestrator forget {who}` gives the port up.",
        )
        for who, port in held.items()
    ]
    if checks:
        return checks
    last = max(wanted.values())
    return [
        ok(
            "ports",
            f"all free: {settings.overview_port} and {len(wanted) - 1} from {settings.base_port} to {last}",
        )
    ]


def _ports_of(settings: OrchestratorSettings, running: Sequence[Running]) -> dict[str, int]:
    # Looking must not make a store.
    if (
        settings.effective_store_url == settings.state.default_store_url
        and not settings.state.store_folder.is_dir()
    ):
        ledger = load_ledger(None, running)
    else:
        ledger = load_ledger(open_store(settings.effective_store_url), running)
    return {user: entry.port for user, entry in ledger.items()}


def _new_ports(
    settings: OrchestratorSettings, ledger: dict[str, int], users: Sequence[str], ours: set[int]
) -> dict[str, int]:
    taken = (listening_ports() - ours) | {settings.overview_port}
    return assign_ports(users, ledger, base=settings.base_port, step=settings.port_step, taken=taken)
