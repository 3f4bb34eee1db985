"""`doctor`: everything that has to be right before `up` can work, looked at one by one, nothing changed."""

from collections.abc import Callable, Iterator, Sequence

from orchestrator.doctor.checks import Check, Level, failed, ok
from orchestrator.doctor.engine import check_images, check_ports, open_engine
from orchestrator.doctor.machine import check_disk, check_memory, check_state_folder
from orchestrator.doctor.sources import check_sources
from orchestrator.runtimes import Role, Runtime
from orchestrator.settings import OrchestratorSettings
from usermon.errors import UsermonError

__all__ = ["Check", "Level", "examine"]


def examine(settings: OrchestratorSettings, users: Sequence[str]) -> Iterator[Check]:
    """A check after the other. `users` are those of the lists, if any were given."""
    yield from _guarded("state folder", lambda: check_state_folder(settings))
    runtime, answer = open_engine(settings)
    yield answer
    if runtime is not None:
        engine = runtime
        yield from _guarded("images", lambda: check_images(settings, engine))
        yield from _guarded("ports", lambda: check_ports(settings, engine, users))
    expected = max(len(users), _running_dashboards(runtime))
    yield from _guarded("memory", lambda: check_memory(expected))
    yield from _guarded("disk", lambda: check_disk(settings))
    yield from _guarded("usermon.toml", lambda: check_sources(settings))
    yield _check_host(settings)


def _guarded(name: str, look: Callable[[], Sequence[Check]]) -> Sequence[Check]:
    try:
        return look()
    except UsermonError as error:
        return [failed(name, error.message, error.remedy)]


def _running_dashboards(runtime: Runtime | None) -> int:
    return 0 if runtime is None else sum(c.role is Role.DASHBOARD for c in runtime.list())


def _check_host(settings: OrchestratorSettings) -> Check:
    if settings.host in ("localhost", "127.0.0.1", "[::1]", "::1"):
        return Check(
            "host",
            Level.WARNING,
            f"links say {settings.host}: they work on this machine only",
            "Set USERMON_HOST to the name by which people reach this machine.",
        )
    return ok("host", f"links say {settings.host}")
