"""Lines of a cluster's past: the users who held most, by columns, the many small ones as one."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from overview.queue_words import JobKind, job_kind

Measure = Literal["procs", "gpus", "jobs"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

_JOB_LINES: tuple[JobKind, ...] = ("running", "waiting")
_PER_USER = {"procs": "procs_per_user_running", "gpus": "gpus_per_user_running"}


class Range(NamedTuple):
    """So many hours back from the newest snapshot, as so many points at most."""

    hours: int
    points: int


# As many as a plot of half a page shows apart: every 3 and 10 minutes, every 1 and 4 hours.
RANGES = {"6h": Range(6, 120), "24h": Range(24, 144), "7d": Range(7 * 24, 168), "30d": Range(30 * 24, 180)}


def history_columns(rows: Sequence[Mapping[str, Any]], measure: Measure, top: int) -> dict[str, Any]:
    """`time` (epoch seconds), `lines` ({"name", "values"}) from much to little, `others` with how many they
    are, and `whole`: all processors there were (None for GPUs, which no snapshot of the past counts)."""
    time = [row["time"] for row in rows]
    if measure == "jobs":
        counts = [_jobs_by_kind(row["jobs_by_state"]) for row in rows]
        by_kind = [_line(kind, [one[kind] for one in counts]) for kind in _JOB_LINES]
        return {"time": time, "lines": by_kind, "others": None, "whole": None}
    field = _PER_USER[measure]
    sums: dict[str, int] = {}
    for row in rows:
        for user, count in row[field].items():
            sums[user] = sums.get(user, 0) + count
    ranked = sorted((user for user in sums if sums[user]), key=lambda user: (-sums[user], user))
    shown = ranked if len(ranked) == top + 1 else ranked[:top]
    lines = [_line(user, [row[field].get(user, 0) for row in rows]) for user in shown]
    others = None
    if len(ranked) > len(shown):
        named = set(shown)
        values = [sum(count for user, count in row[field].items() if user not in named) for row in rows]
        others = {"users": len(ranked) - len(shown), "values": values}
    whole = [row["procs"] for row in rows] if measure == "procs" else None
    return {"time": time, "lines": lines, "others": others, "whole": whole}


def _line(name: str, values: list[int]) -> dict[str, Any]:
    return {"name": name, "values": values}


def _jobs_by_kind(by_state: Mapping[str, int]) -> dict[JobKind, int]:
    counts: dict[JobKind, int] = {"running": 0, "waiting": 0, "ended": 0}
    for state, count in by_state.items():
        counts[job_kind(state)] += count
    return counts
