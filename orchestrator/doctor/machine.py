"""The machine: memory, disk and the state folder."""

import os
import shutil
from pathlib import Path

from orchestrator.doctor.checks import Check, Level, failed, ok
from orchestrator.owner import owner_of
from orchestrator.settings import OrchestratorSettings
from orchestrator.summary import human_bytes

# What a dashboard and the two services take in daily life; their limits are higher.
_DASHBOARD_BYTES = 50 * 1024**2
_SERVICES_BYTES = 300 * 1024**2
_LEAST_DISK_BYTES = 1024**3


def check_state_folder(settings: OrchestratorSettings) -> list[Check]:
    root = settings.state_dir
    if root.is_dir():
        uid, gid = owner_of(root).containers
        return [ok("state folder", f"{root}; containers run as {uid}:{gid}")]
    parent = _nearest_existing(root)
    if not os.access(parent, os.W_OK | os.X_OK):
        return [
            failed(
                "state folder",
                f"{root} is not there, and {parent} is not writable",
                "Make it and give it to yourself, or choose another folder in USERMON_STATE_DIR.",
            )
        ]
    return [ok("state folder", f"{root} will be made by the first `up`")]


def check_memory(dashboards: int) -> list[Check]:
    import psutil  # slow to load, and the other commands do without

    needed = dashboards * _DASHBOARD_BYTES + _SERVICES_BYTES
    memory = psutil.virtual_memory()
    found = (
        f"{human_bytes(memory.total)}, {dashboards} dashboards and the services need {human_bytes(needed)}"
    )
    if needed > memory.total:
        return [failed("memory", found, "Add memory, or give fewer users a dashboard.")]
    if needed > memory.available:
        return [
            Check(
                "memory",
                Level.WARNING,
                f"{found}; only {human_bytes(memory.available)} are free now",
                "Fine if these dashboards run already; else end other programs first.",
            )
        ]
    return [ok("memory", found)]


def check_disk(settings: OrchestratorSettings) -> list[Check]:
    folder = _nearest_existing(settings.state_dir)
    free = shutil.disk_usage(folder).free
    found = f"{human_bytes(free)} free at {folder}"
    if free < _LEAST_DISK_BYTES:
        return [failed("disk", found, "Make room: a year of 1000 users takes about 1 GiB.")]
    return [ok("disk", found)]


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
