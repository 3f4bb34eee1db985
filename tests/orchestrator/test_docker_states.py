"""What the engine's list says, in our words."""

from typing import Any

import pytest

from orchestrator.runtimes import Role, State
from orchestrator.runtimes.docker.states import running_from_list, up_since_creation

NOW = 1_772_452_800.0
CREATED = NOW - 3 * 3600


def listed(state: str, status: str, **changed: Any) -> dict[str, Any]:
    return {
        "Id": "0123456789abcdef",
        "Names": ["/usermon-0a1b-dashboard-alice"],
        "Image": "usermon-user-dashboard:1",
        "State": state,
        "Status": status,
        "Created": int(CREATED),
        "Labels": {
            "org.usermon.deployment": "0a1b",
            "org.usermon.role": "dashboard",
            "org.usermon.user": "alice",
            "org.usermon.port": "8100",
            "org.usermon.spec": "abc",
        },
        **changed,
    }


def nothing_known(_container: str) -> None:
    return None


@pytest.mark.parametrize(
    ("state", "status", "expected", "reason"),
    [
        ("running", "Up 3 hours", State.READY, None),
        ("running", "Up 3 hours (healthy)", State.READY, None),
        ("running", "Up 3 hours (health: starting)", State.STARTING, None),
        ("running", "Up 3 hours (unhealthy)", State.FAILED, "its health check fails"),
        ("paused", "Up 3 hours (Paused)", State.STOPPED, "is paused"),
        ("created", "Created", State.STOPPED, "was never started"),
        ("removing", "Removal In Progress", State.STOPPED, "is being removed"),
        ("exited", "Exited (0) 2 minutes ago", State.STOPPED, "was stopped"),
        ("exited", "Exited (143) 2 minutes ago", State.STOPPED, "was stopped"),
        ("exited", "Exited (137) 2 minutes ago", State.FAILED, "was killed"),
        ("exited", "Exited (1) 2 minutes ago", State.FAILED, "ended with code 1"),
        (
            "restarting",
            "Restarting (1) 5 seconds ago",
            State.FAILED,
            "ends with code 1 whenever it is started",
        ),
        ("dead", "Dead", State.FAILED, "dead"),
    ],
)
def test_every_state_of_an_engine_is_one_of_ours(
    state: str, status: str, expected: State, reason: str | None
) -> None:
    running = running_from_list(listed(state, status), nothing_known, NOW)

    assert running is not None
    assert (running.state, running.exit_reason) == (expected, reason)
    assert (running.role, running.user, running.port) == (Role.DASHBOARD, "alice", 8100)


def test_a_container_that_runs_since_its_creation_is_not_asked_about() -> None:
    asked: list[str] = []

    running = running_from_list(listed("running", "Up 3 hours (healthy)"), asked.append, NOW)

    assert running is not None
    assert running.started_at == CREATED
    assert asked == []


def test_the_start_of_a_restarted_container_is_asked_for() -> None:
    details = {"State": {"StartedAt": "2026-03-02T11:58:00.250000001Z"}}

    running = running_from_list(listed("running", "Up 2 minutes"), lambda _: details, NOW)

    assert running is not None
    assert running.started_at == NOW - 120 + 0.25


def test_the_start_is_asked_for_where_it_must_be_exact() -> None:
    details = {"State": {"StartedAt": "2026-03-02T09:00:00.75Z"}}

    running = running_from_list(listed("running", "Up 3 hours"), lambda _: details, NOW, exact=True)

    assert running is not None
    assert running.started_at == CREATED + 0.75


def test_one_that_needed_too_much_memory_says_so() -> None:
    details = {"State": {"OOMKilled": True, "StartedAt": "0001-01-01T00:00:00Z"}}

    running = running_from_list(listed("restarting", "Restarting (137) 1 second ago"), lambda _: details, NOW)

    assert running is not None
    assert running.state is State.FAILED
    assert running.exit_reason == "killed: it needed more memory than it may have"
    assert running.started_at is None


@pytest.mark.parametrize(
    "labels",
    [None, {}, {"org.usermon.role": "gateway"}, {"org.usermon.role": "dashboard", "org.usermon.port": "x"}],
)
def test_what_carries_labels_of_some_other_version_is_left_alone(labels: dict[str, str] | None) -> None:
    assert running_from_list(listed("running", "Up 3 hours", Labels=labels), nothing_known, NOW) is None


@pytest.mark.parametrize(
    ("sentence", "age_seconds", "expected"),
    [
        ("Up Less than a second", 0.4, True),
        ("Up 1 second", 1.9, True),
        ("Up 59 seconds (health: starting)", 61, True),  # it started a moment after its creation
        ("Up About a minute", 100, True),
        ("Up 2 minutes", 150, True),
        ("Up About an hour", 5000, True),
        ("Up 47 hours", 47.2 * 3600, True),
        ("Up 2 days", 49 * 3600, True),
        ("Up 2 weeks", 15 * 86_400, True),
        ("Up 3 months", 100 * 86_400, True),
        ("Up 2 years", 800 * 86_400, True),
        ("Up 4 seconds", 3600, False),
        ("Up 2 hours", 3 * 3600, False),
        ("Restarting (1) 5 seconds ago", 5, False),
    ],
)
def test_the_engines_words_for_a_duration_are_understood(
    sentence: str, age_seconds: float, expected: bool
) -> None:
    assert up_since_creation(sentence, age_seconds) is expected
