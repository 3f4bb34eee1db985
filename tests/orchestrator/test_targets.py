"""Words on the command line: users, and services that no user's name can hide."""

from pathlib import Path

import pytest

from orchestrator.bring_up import bring_up
from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.runtimes import Role
from orchestrator.take_down import restart
from orchestrator.targets import container_name, service_meant, word_for
from tests.orchestrator.in_memory import Quiet, deployment_in, engine_in_memory, request_for


@pytest.mark.parametrize("service", ["overview", "collectors"])
def test_a_service_has_its_name_until_a_user_is_called_so_and_a_longer_one_for_good(service: str) -> None:
    assert service_meant(service, {"alice"}) == service
    assert service_meant(service, {"alice", service}) is None
    assert service_meant(f"service:{service}", {"alice", service}) == service
    assert service_meant(word_for(None, Role(service)), {service}) == service


@pytest.mark.parametrize("word", ["alice", "dashboard", "service:dashboard", "service:alice", "service:", ""])
def test_nothing_else_is_a_service(word: str) -> None:
    assert service_meant(word, {"bob"}) is None


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """With the overview, and dashboards of alice and of a user called overview."""
    made = deployment_in(tmp_path, engine_in_memory())
    bring_up(made, request_for("alice", "overview", services=True), Quiet())
    return made


def test_logs_are_found_of_the_user_and_of_the_service(deployment: Deployment) -> None:
    assert container_name(deployment, "alice").endswith("-dashboard-alice")
    assert container_name(deployment, "overview").endswith("-dashboard-overview")
    assert container_name(deployment, "service:overview").endswith(f"{deployment.id}-overview")
    for nobody in ("bob", "service:collectors"):
        with pytest.raises(UnknownUser):
            container_name(deployment, nobody)


def test_the_user_and_the_service_restart_apart(deployment: Deployment) -> None:
    (user,) = restart(deployment, ["overview"], Quiet())
    (service,) = restart(deployment, ["service:overview"], Quiet())
    assert (user.step.role, user.step.user) == (Role.DASHBOARD, "overview")
    assert (service.step.role, service.step.user) == (Role.OVERVIEW, None)
