"""Which container is meant by a word on the command line."""

from collections.abc import Container

from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.runtimes import SERVICES, Role

_SERVICE = "service:"  # no user's name has a colon


def service_meant(word: str, users: Container[str | None]) -> Role | None:
    """`service:overview` is one whatever `users` are called, `overview` unless one of them is called so."""
    name = word.removeprefix(_SERVICE)
    return Role(name) if name in SERVICES and (name != word or word not in users) else None


def word_for(user: str | None, role: Role) -> str:
    """What names this container on the command line, whoever else is called so."""
    return user or f"{_SERVICE}{role}"


def container_name(deployment: Deployment, who: str) -> str:
    """Of the dashboard of the user `who`, or of a service.

    Raises:
        UnknownUser: no container is there for `who`.
    """
    running = deployment.runtime.list()
    service = service_meant(who, {container.user for container in running})
    for container in running:
        if container.role is service or (container.role is Role.DASHBOARD and container.user == who):
            return container.name
    raise UnknownUser(who)
