"""What we ask an engine to make: containers that may do no more than they need, and their networks."""

from typing import Any

from orchestrator.runtimes import ContainerSpec
from orchestrator.runtimes.docker.labels import DEPLOYMENT, labels_of

_SECOND = 1_000_000_000  # engines count in nanoseconds
_HEALTH_EVERY_SECONDS = 60  # each check starts a process; with hundreds of dashboards that adds up
STOP_SECONDS = 10


def network_name(deployment: str, *, isolated: bool) -> str:
    return f"usermon-{deployment}" if isolated else f"usermon-{deployment}-services"


def network_options(*, isolated: bool) -> dict[str, str]:
    """Isolated: containers neither reach one another nor get out of the machine."""
    if not isolated:
        return {}
    return {
        "com.docker.network.bridge.enable_icc": "false",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
    }


def network_labels(deployment: str) -> dict[str, str]:
    return {DEPLOYMENT: deployment}


def creation(spec: ContainerSpec, deployment: str, seccomp: str | None) -> dict[str, Any]:
    """The body of the engine's request. `seccomp` is a profile as JSON; None leaves the engine's own.

    Raises:
        ValueError: `spec` wants to run as root.
    """
    uid, gid = spec.run_as
    if uid == 0 or gid == 0:
        raise ValueError(f"{spec.name} must not run as root")
    config: dict[str, Any] = {
        "Image": spec.image,
        "User": f"{uid}:{gid}",
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Labels": labels_of(spec, deployment),
        "StopTimeout": STOP_SECONDS,
        "HostConfig": _host_config(spec, deployment, seccomp),
    }
    if spec.command:
        config["Cmd"] = list(spec.command)
    if spec.healthcheck:
        config["Healthcheck"] = {
            "Test": list(spec.healthcheck),
            "Interval": _HEALTH_EVERY_SECONDS * _SECOND,
            "Timeout": 10 * _SECOND,
            "Retries": 3,
        }
    if spec.port is not None:
        config["ExposedPorts"] = {f"{spec.container_port}/tcp": {}}
    return config


def _host_config(spec: ContainerSpec, deployment: str, seccomp: str | None) -> dict[str, Any]:
    ports = {}
    if spec.port is not None:
        published = {"HostIp": spec.bind_address, "HostPort": str(spec.port)}
        ports[f"{spec.container_port}/tcp"] = [published]
    return {
        "NetworkMode": network_name(deployment, isolated=spec.isolated),
        "PortBindings": ports,
        # Mounts, not Binds: a missing host path is an error, never a new folder of root's.
        "Mounts": [
            {
                "Type": "bind",
                "Source": str(mount.source),
                "Target": mount.target,
                "ReadOnly": mount.read_only,
                "BindOptions": {"Propagation": "rprivate"},
            }
            for mount in spec.mounts
        ],
        "RestartPolicy": {"Name": "unless-stopped"},
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "2"}},
        "Init": True,
        "ReadonlyRootfs": True,
        "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=16m"},  # noqa: S108 - the container's own
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true", *([f"seccomp={seccomp}"] if seccomp else [])],
        "IpcMode": "private",
        "Privileged": False,
        "PidsLimit": spec.pids,
        "Memory": spec.memory_bytes,
        "MemorySwap": spec.memory_bytes,  # together with swap: none
        "NanoCpus": int(spec.cpus * _SECOND),
    }
