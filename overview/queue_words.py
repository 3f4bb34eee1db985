"""What schedulers' letters and words mean to people: Torque's, PBS Pro's and Slurm's."""

import re
from typing import Literal

from usage_store.cluster_counts import FREE, RUNNING

JobKind = Literal["running", "waiting", "ended"]
NodeKind = Literal["used", "free", "out", "other"]
NODE_KINDS: tuple[NodeKind, ...] = ("used", "free", "other", "out")

# Jobs that ended a moment ago, or are about to: the scheduler still lists them.
_ENDED = frozenset(
    {
        *("C", "E", "F", "X", "COMPLETING", "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "DEADLINE"),
        *("NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "STAGE_OUT", "LAUNCH_FAILED"),
    }
)
_LETTERS = {
    "B": "array has begun",
    "C": "completed",
    "E": "exiting",
    "F": "finished",
    "H": "held",
    "Q": "queued",
    "R": "running",
    "S": "suspended",
    "T": "moving",
    "U": "suspended by its host's user",
    "W": "waits for its time",
    "X": "finished",
}

_WORDS_OF_A_NODE = re.compile(r"[a-z_-]+")
_OUT = frozenset(
    {
        *("down", "offline", "drain", "drained", "draining", "drng", "fail", "failing", "error", "unknown"),
        *("state-unknown", "maint", "maintenance", "no_respond", "not_responding", "invalid_reg", "inval"),
        *("reboot", "reboot_issued", "reboot_requested", "blocked", "future", "stale", "unresolvable"),
        *("power_down", "power_up", "powered_down", "powering_down", "powering_up", "powersave", "sleep"),
        *("perfctrs", "provisioning", "initializing"),
    }
)
_USED = frozenset(
    {
        *("job-exclusive", "job-busy", "job-sharing", "busy", "allocated", "alloc", "mixed", "mix", "comp"),
        *("completing", "resv-exclusive", "resv-shared", "reserved", "resv", "planned", "time-shared"),
    }
)


def job_kind(state: str) -> JobKind:
    """An unknown word is a job that waits: schedulers have many reasons to let one wait."""
    if state in RUNNING:
        return "running"
    return "ended" if state.partition(",")[0] in _ENDED else "waiting"


def job_words(state: str) -> str:
    """ "queued" of Q, "out of memory" of OUT_OF_MEMORY."""
    return _LETTERS.get(state) or state.lower().replace("_", " ")


def node_kind(state: str) -> NodeKind:
    """A node with one word of trouble takes no new jobs, whatever else it is."""
    if state in FREE:
        return "free"
    words = {word.strip("-") for word in _WORDS_OF_A_NODE.findall(state.lower())}
    if words & _OUT:
        return "out"
    return "used" if words & _USED else "other"
