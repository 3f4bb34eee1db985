"""Which container is meant by a word on the command line."""

from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.runtimes import SERVICES, Role


def container_name(deployment: Deployment, who: str) -> str:
    """A user's dashboard; "overview" and "collectors" are the services, unless a user is called so.

    Raises:
        UnknownUser: no container is there for `who`.
    """
    running = deployment.runtime.list()
    for container in running:
        if container.role is Role.DASHBOARD and container.user == who:
            return container.name
    for container in running:
        if container.role in SERVICES and container.role == who:
            return container.name
    raise UnknownUser(who)
