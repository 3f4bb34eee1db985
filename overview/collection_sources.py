"""How each source does: pure, from the runs that the store kept of it and the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from usermon.collection import CollectionRun
from usermon.site_file import Source

# Of a run that is late: pauses are never quite even, and a pass takes its time.
_LATE_AFTER_RHYTHMS = 2
_LATE_AFTER_SECONDS = 90
# Of fewer the pauses are chance: a start in between, a run by hand.
_TELLING_RUNS = 4
# Publishing runs when there is something to publish.
_WITHOUT_RHYTHM = frozenset({"publish"})
_ORDER = ("failed", "overdue", "rejecting", "done")


@dataclass(frozen=True, slots=True)
class SourceState:
    """`state` is failed, overdue, rejecting or done. `every_seconds` is the rhythm, `next_at` when the next
    run is due; both None where too few runs are known, or a source has no rhythm. `recent`: newest first."""

    run: CollectionRun
    state: str
    every_seconds: float | None
    rhythm_is_set: bool
    next_at: float | None
    standing: int
    recent: tuple[CollectionRun, ...]


@dataclass(frozen=True, slots=True)
class NeverRan:
    """A source of usermon.toml of which no run is known; `since` the overview waits for it, None where it has
    not noted that yet."""

    name: str
    collector: str
    every_seconds: int
    since: int | None
    is_overdue: bool


def never_ran_states(sources: Iterable[Source], since: Mapping[str, int], now: float) -> list[NeverRan]:
    """Of `sources`, that never ran, those first that should have long ago."""
    states = [
        NeverRan(
            one.name,
            one.collector,
            one.every_seconds,
            since.get(one.name),
            is_overdue=_is_late(since.get(one.name, now), one.every_seconds, now),
        )
        for one in sources
    ]
    return sorted(states, key=lambda one: (not one.is_overdue, one.name))


def source_states(
    recent: Mapping[str, Sequence[CollectionRun]],
    standing: Mapping[str, int],
    every: Mapping[str, int],
    now: float,
) -> list[SourceState]:
    """Those in trouble first. `recent` has the runs of each source, newest first; `every` the rhythms that
    usermon.toml sets, in seconds. Of other sources (agents read those) it is the usual pause between runs."""
    states = [_state(source, runs, standing, every, now) for source, runs in recent.items() if runs]
    return sorted(states, key=lambda one: (_ORDER.index(one.state), one.run.source))


def _state(
    source: str,
    runs: Sequence[CollectionRun],
    standing: Mapping[str, int],
    every: Mapping[str, int],
    now: float,
) -> SourceState:
    newest = runs[0]
    rhythm = every.get(source) or _usual_pause(runs)
    next_at = newest.started_at + rhythm if rhythm else None
    rejected = standing.get(source, 0)
    if newest.error:
        state = "failed"
    elif rhythm and _is_late(newest.finished_at, rhythm, now):
        state = "overdue"
    else:
        state = "rejecting" if rejected or newest.rejected else "done"
    return SourceState(newest, state, rhythm, source in every, next_at, rejected, tuple(runs))


def _is_late(since: float, rhythm: float, now: float) -> bool:
    return now - since > rhythm * _LATE_AFTER_RHYTHMS + _LATE_AFTER_SECONDS


def _usual_pause(runs: Sequence[CollectionRun]) -> float | None:
    if runs[0].collector in _WITHOUT_RHYTHM or len(runs) < _TELLING_RUNS:
        return None
    pauses = [later.started_at - earlier.started_at for later, earlier in pairwise(runs)]
    return median(pauses) if pauses else None
