"""How the overview and the collectors run, as containers of the same deployment."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestrator.health_checks import heartbeat_health_check, http_health_check
from orchestrator.names import service_name
from orchestrator.runtimes import ContainerSpec, Mount, Role
from orchestrator.spec_hash import with_hash
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder

CONTAINER_PORT = 8080
_PROCESSES = 256
_STATE = "/state"
STORE_URL_FILE = "store-url"  # in the store's folder, which both services see


@dataclass(frozen=True, slots=True)
class ServicesKind:
    """What both services have in common. `config` is usermon.toml (None: there is none yet) and `site` what
    it says; `store_url_since` changes when a PostgreSQL URL does (None: SQLite in the state folder)."""

    deployment: str
    state: StateFolder
    image: str
    image_id: str
    bind_address: str
    run_as: tuple[int, int]
    memory_bytes: int
    cpus: float
    timezone: str
    overview_port: int
    host: str
    config: Path | None
    site: SiteFile | None
    store_url_since: int | None = None


def overview_spec(kind: ServicesKind) -> ContainerSpec:
    return _spec(
        kind,
        Role.OVERVIEW,
        command=("python", "-m", "overview", "serve", "--host", "0.0.0.0", "--port", str(CONTAINER_PORT)),  # noqa: S104
        environment={"USERMON_HOST": kind.host, **_config_environment(kind), **_alert_environment(kind)},
        mounts=(
            Mount(kind.state.admin_folder, f"{_STATE}/admin"),
            *_config_mounts(kind),
            *_alert_mounts(kind),
        ),
        port=kind.overview_port,
        healthcheck=http_health_check(CONTAINER_PORT),
    )


def _folder_of(path: Path) -> Path:
    """What a container must see of `path`. A file that is replaced, as logs are, would go on as the old one
    in the container: its folder does not. Of a pattern it is the folder above the first part that is one."""
    fixed = path
    for part in (path, *path.parents):
        if any(sign in part.name for sign in "*?["):
            fixed = part.parent
    return fixed.parent if fixed.is_file() else fixed


def collectors_spec(kind: ServicesKind) -> ContainerSpec | None:
    """None without usermon.toml: there is nothing to read."""
    if kind.config is None or kind.site is None:
        return None
    # The engine cannot mount what is not there; the collectors report such a source as missing, and the
    # next `up` after it appeared replaces the container.
    here = (source.path for source in kind.site.sources if source.ssh is None and source.path is not None)
    paths = dict.fromkeys(folder for path in here if (folder := _folder_of(path)).exists())
    return _spec(
        kind,
        Role.COLLECTORS,
        command=("python", "-m", "collectors", "forever"),
        environment=_config_environment(kind),
        mounts=(
            Mount(kind.state.all_published_folder, f"{_STATE}/published", read_only=False),
            *_config_mounts(kind),
            *(Mount(path, str(path)) for path in paths),
        ),
        port=None,
        healthcheck=heartbeat_health_check(),
    )


def _config_files(kind: ServicesKind) -> tuple[Path, ...]:
    """usermon.toml and the logo that it names, each at the path by which it is known here."""
    if kind.config is None or kind.site is None:
        return ()
    logo = kind.site.look.logo
    return (kind.config,) if logo is None or not logo.is_file() else (kind.config, logo)


def _alert_files(kind: ServicesKind) -> tuple[Path, ...]:
    """What the overview needs to tell of alerts: secrets of servers, addresses of users."""
    files = kind.site.alerts.files if kind.site is not None else ()
    return tuple(file for file in files if file.is_file())


def _alert_environment(kind: ServicesKind) -> dict[str, str]:
    """A secret that was replaced makes a new container; nothing of it goes into its settings."""
    files = _alert_files(kind)
    if not files:
        return {}
    return {"USERMON_ALERT_FILES_SINCE": str(max(file.stat().st_mtime_ns for file in files))}


def _alert_mounts(kind: ServicesKind) -> tuple[Mount, ...]:
    return tuple(Mount(file, str(file)) for file in _alert_files(kind))


def _config_mounts(kind: ServicesKind) -> tuple[Mount, ...]:
    return tuple(Mount(file, str(file)) for file in _config_files(kind))


def _config_environment(kind: ServicesKind) -> dict[str, str]:
    files = _config_files(kind)
    if not files:
        return {}
    contents = hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files))
    return {
        "USERMON_CONFIG": str(files[0]),
        # A mounted file does not follow when an editor replaces it: a change makes a new container.
        "USERMON_CONFIG_DIGEST": contents.hexdigest()[:16],
    }


def _spec(
    kind: ServicesKind,
    role: Role,
    *,
    command: tuple[str, ...],
    environment: dict[str, str],
    mounts: tuple[Mount, ...],
    port: int | None,
    healthcheck: tuple[str, ...],
) -> ContainerSpec:
    store_url = {}
    if kind.store_url_since is not None:
        store_url = {
            "USERMON_STORE_URL_FILE": f"{_STATE}/store/{STORE_URL_FILE}",
            "USERMON_STORE_URL_SINCE": str(kind.store_url_since),
        }
    return with_hash(
        ContainerSpec(
            name=service_name(kind.deployment, role),
            role=role,
            user=None,
            image=kind.image,
            image_id=kind.image_id,
            command=command,
            environment={
                "USERMON_STATE_DIR": _STATE,
                "USERMON_TIMEZONE": kind.timezone,
                **store_url,
                **environment,
            },
            mounts=(Mount(kind.state.store_folder, f"{_STATE}/store", read_only=False), *mounts),
            bind_address=kind.bind_address,
            port=port,
            container_port=CONTAINER_PORT,
            run_as=kind.run_as,
            memory_bytes=kind.memory_bytes,
            cpus=kind.cpus,
            pids=_PROCESSES,
            healthcheck=healthcheck,
            isolated=False,
        )
    )
