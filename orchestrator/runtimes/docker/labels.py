"""What we write on containers and networks, to know our own again."""

from orchestrator.runtimes import ContainerSpec

DEPLOYMENT = "org.usermon.deployment"
ROLE = "org.usermon.role"
USER = "org.usermon.user"
PORT = "org.usermon.port"
SPEC = "org.usermon.spec"


def labels_of(spec: ContainerSpec, deployment: str) -> dict[str, str]:
    labels = {DEPLOYMENT: deployment, ROLE: spec.role.value, SPEC: spec.spec_hash}
    if spec.user is not None:
        labels[USER] = spec.user
    if spec.port is not None:
        labels[PORT] = str(spec.port)
    return labels


def of_deployment(deployment: str) -> dict[str, object]:
    """The filter by which an engine lists what is ours."""
    return {"label": f"{DEPLOYMENT}={deployment}"}
