"""Schedulers' letters and words for a job's state, in plain words: Torque's, PBS Pro's, Slurm's. Pure."""

from typing import Literal, NamedTuple

# What icon and colour say, beside the word.
Mood = Literal["running", "waiting", "held", "ended", "cancelled", "failed"]


class StateWords(NamedTuple):
    words: str
    mood: Mood


_CURRENT: dict[str, StateWords] = {
    **dict.fromkeys(("R", "RUNNING"), StateWords("running", "running")),
    **dict.fromkeys(("E", "COMPLETING", "CG", "EXITING"), StateWords("ending", "running")),
    **dict.fromkeys(("CONFIGURING", "CF", "B"), StateWords("starting", "running")),
    **dict.fromkeys(("Q", "PENDING", "PD"), StateWords("waiting", "waiting")),
    **dict.fromkeys(("W",), StateWords("waiting for its time", "waiting")),
    **dict.fromkeys(("T", "M"), StateWords("being moved", "waiting")),
    **dict.fromkeys(("H", "RESV_DEL_HOLD", "REQUEUE_HOLD", "SPECIAL_EXIT"), StateWords("held", "held")),
    **dict.fromkeys(("S", "U", "SUSPENDED", "STOPPED"), StateWords("suspended", "held")),
}
_ENDED: dict[str, StateWords] = {
    **dict.fromkeys(("C", "F", "X", "COMPLETED", "CD"), StateWords("done", "ended")),
    **dict.fromkeys(("FAILED", "BOOT_FAIL", "LAUNCH_FAILED"), StateWords("failed", "failed")),
    **dict.fromkeys(("TIMEOUT", "DEADLINE"), StateWords("out of time", "failed")),
    **dict.fromkeys(("OUT_OF_MEMORY",), StateWords("out of memory", "failed")),
    **dict.fromkeys(("NODE_FAIL",), StateWords("its node failed", "failed")),
    **dict.fromkeys(("CANCELLED", "REVOKED"), StateWords("cancelled", "cancelled")),
    **dict.fromkeys(("PREEMPTED",), StateWords("preempted", "cancelled")),
}


def current_state(status: str) -> StateWords:
    return _found(_CURRENT, status, "waiting")


def ended_state(status: str) -> StateWords:
    return _found(_ENDED, status, "ended")


def _found(known: dict[str, StateWords], status: str, otherwise: Mood) -> StateWords:
    """`CANCELLED by 1001` and `RUNNING+COMPLETING` begin with what counts; others stay."""
    first = status.replace("+", " ").split()
    word = first[0] if first else ""
    return known.get(word) or StateWords(status.lower().replace("_", " ") or "not known", otherwise)
