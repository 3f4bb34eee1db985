"""What an engine says about a container, in our words. The one place where states are translated.

The engine's list tells the state in a sentence ("Up 3 hours (healthy)", "Exited (137) 2 minutes ago"), which
spares one question per container; only containers in trouble are asked about one by one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from orchestrator.runtimes import Event, Role, Running, State
from orchestrator.runtimes.docker.labels import PORT, ROLE, SPEC, USER

Inspect = Callable[[str], Mapping[str, Any] | None]

# What a container's program returns after a normal end, SIGINT and SIGTERM: somebody wanted it to stop.
_ORDERLY_ENDS = frozenset({0, 130, 143})
_SHORT_ID = 12
_EVENT_KINDS = {
    "start": "started",
    "die": "stopped",
    "destroy": "removed",
    "health_status: unhealthy": "unhealthy",
}


def running_from_list(
    listed: Mapping[str, Any], inspect: Inspect, now: float, *, exact: bool = False
) -> Running | None:
    """One entry of the engine's list; None when it carries labels that are not ours.

    `inspect` is asked only where the list does not tell enough: of what stopped, failed or was restarted.
    The start of the others is taken from their creation, which comes a moment before it, unless `exact`.
    """
    labels: Mapping[str, str] = listed.get("Labels") or {}
    try:
        role = Role(labels[ROLE])
        port = int(labels[PORT]) if PORT in labels else None
    except (KeyError, ValueError):
        return None
    sentence: str = listed["Status"]
    state, reason = _state(listed["State"], sentence)
    started_at: float | None = None
    if not exact and listed["State"] == "running" and up_since_creation(sentence, now - listed["Created"]):
        started_at = float(listed["Created"])
    elif listed["State"] != "created":
        details = (inspect(listed["Id"]) or {}).get("State", {})
        started_at = _timestamp(details.get("StartedAt", ""))
        if details.get("OOMKilled") and state is not State.READY:
            state, reason = State.FAILED, "killed: it needed more memory than it may have"
        elif state is State.FAILED and details.get("Error"):
            reason = f"{reason}: {details['Error']}"
    return Running(
        name=listed["Names"][0].removeprefix("/"),
        role=role,
        user=labels.get(USER),
        port=port,
        spec_hash=labels.get(SPEC, ""),
        state=state,
        image=listed["Image"],
        container=listed["Id"][:_SHORT_ID],
        started_at=started_at,
        exit_reason=reason,
        labels=labels,
    )


def event_from(reported: Mapping[str, Any]) -> Event | None:
    """None for what nobody needs to know."""
    kind = _EVENT_KINDS.get(reported.get("Action", ""))
    attributes = reported.get("Actor", {}).get("Attributes", {})
    return Event(kind, attributes.get("name", ""), attributes.get(USER)) if kind else None


def memory_in_use(memory: Mapping[str, Any]) -> int | None:
    """Without the cache that the kernel gives back at once, as in `docker stats`. None: it just stopped."""
    if "usage" not in memory:
        return None
    details = memory.get("stats", {})
    idle_cache = details.get("inactive_file", details.get("total_inactive_file", 0))
    return max(0, int(memory["usage"]) - int(idle_cache))


def _state(engine_state: str, sentence: str) -> tuple[State, str | None]:
    code_in_sentence = re.search(r"\((\d+)\)", sentence)
    code = int(code_in_sentence[1]) if code_in_sentence else None
    match engine_state:
        case "running" if "(unhealthy)" in sentence:
            return State.FAILED, "its health check fails"
        case "running" if "(health: starting)" in sentence:
            return State.STARTING, None
        case "running":
            return State.READY, None
        case "restarting":
            return State.FAILED, f"ends with code {code} whenever it is started"
        case "exited" if code in _ORDERLY_ENDS:
            return State.STOPPED, "was stopped"
        case "exited" if code == 137:
            return State.FAILED, "was killed"
        case "exited":
            return State.FAILED, f"ended with code {code}"
        case "created":
            return State.STOPPED, "was never started"
        case "paused":
            return State.STOPPED, "is paused"
        case "removing":
            return State.STOPPED, "is being removed"
        case _:  # "dead": the engine could not remove it
            return State.FAILED, engine_state


def up_since_creation(sentence: str, age: float) -> bool:
    """Whether "Up 3 hours" can mean all of the `age` of a container, so that it never was restarted."""
    up = re.match(r"Up (.+?)(?: \(|$)", sentence)
    return up is not None and up[1] in {_engine_words(max(0.0, age - delay)) for delay in range(-1, 4)}


def _engine_words(seconds: float) -> str:
    """A duration as the engine words it in its list."""
    minutes, hours = int(seconds / 60), int(seconds / 3600 + 0.5)
    if seconds < 1:
        return "Less than a second"
    if seconds < 60:
        return "1 second" if int(seconds) == 1 else f"{int(seconds)} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    if hours < 24 * 14:
        return f"{hours // 24} days"
    if hours < 24 * 60:
        return f"{hours // 24 // 7} weeks"
    if hours < 24 * 365 * 2:
        return f"{hours // 24 // 30} months"
    return f"{hours // 24 // 365} years"


def _timestamp(text: str) -> float | None:
    """RFC 3339 with nanoseconds; the year 1 stands for "never"."""
    if not text or text.startswith("0001-"):
        return None
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{fraction or 0}")
