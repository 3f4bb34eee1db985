"""The fingerprint of a container's specification, which it carries as a label.

Two parts, IMAGE-REST, so that the plan can say which of them changed.
"""

import hashlib
import json
from dataclasses import replace

from orchestrator.runtimes import ContainerSpec

# Counted up when what a runtime makes of the same specification changes: then all are replaced once.
_FORMAT = 1


def with_hash(spec: ContainerSpec) -> ContainerSpec:
    return replace(spec, spec_hash=spec_hash(spec))


def spec_hash(spec: ContainerSpec) -> str:
    # Written out, field by field: dataclasses.asdict copies deeply, too slow for ten thousand users.
    fields = (
        _FORMAT,
        spec.name,
        spec.role,
        spec.user,
        spec.command,
        sorted(spec.environment.items()),
        [(str(mount.source), mount.target, mount.read_only) for mount in spec.mounts],
        spec.bind_address,
        spec.port,
        spec.container_port,
        spec.run_as,
        spec.memory_bytes,
        spec.cpus,
        spec.pids,
        spec.healthcheck,
        spec.isolated,
    )
    rest = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    return f"{image_part(spec)}-{rest[:16]}"


def image_part(spec: ContainerSpec) -> str:
    return hashlib.sha256(f"{spec.image} {spec.image_id}".encode()).hexdigest()[:8]
