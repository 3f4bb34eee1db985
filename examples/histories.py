"""Invented histories: what a user's storage looks like through a year, from a handful of numbers."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_YEAR = timedelta(days=365)
# Daily at first, half-hourly of late: about what the store itself keeps of a year.
DETAILED = timedelta(days=40)
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Course:
    """How one user fills one volume, as it stands at the end."""

    gb: int
    files: int
    since: timedelta = ONE_YEAR
    ended: timedelta = timedelta(0)  # no samples for this long before now
    silent: tuple[int, int] | None = None  # no samples between these days before now
    steps: int = 70
    deletions: int = 4


@dataclass(frozen=True)
class Row:
    time: datetime
    gb: int
    files: int


def history(course: Course, now: datetime, chance: random.Random) -> list[Row]:
    """Growth in steps, plateaus, now and then a deletion; the last row is what the course says."""
    first, last = now - course.since, now - course.ended
    times = [time for time in _sample_times(first, last, now) if not _is_silent(time, course, now)]
    changes = _changes(course, first, last, chance)
    rows, level, next_change = [], 0.15, 0
    for time in times:
        while next_change < len(changes) and changes[next_change][0] <= time:
            level = max(0.02, level + changes[next_change][1] * level)
            next_change += 1
        rows.append((time, level))
    scale = 1 / rows[-1][1]
    return [
        Row(time, _share(course.gb, level * scale), _share(course.files, level * scale))
        for time, level in rows
    ]


def more_history(course: Course, last: Row, now: datetime, seed: str) -> list[Row]:
    """The half hours after `last` up to `now`, of a day at most; nothing of a course that has ended. It grows
    and shrinks as often as it did before."""
    if course.ended:
        return []
    rows, before, time = [], last, last.time + HALF_HOUR
    time += max(timedelta(0), now - timedelta(days=1) - time) // HALF_HOUR * HALF_HOUR
    while time <= now:
        chance = random.Random(f"{seed} {int(time.timestamp())}")
        level = 1.0
        if chance.random() < course.steps * (HALF_HOUR / course.since):
            level += chance.expovariate(30)
        if chance.random() < course.deletions * (HALF_HOUR / course.since):
            level -= chance.uniform(0.08, 0.35)
        before = Row(time, _share(before.gb, level), _share(before.files, level))
        rows.append(before)
        time += HALF_HOUR
    return rows


def _share(amount: int, level: float) -> int:
    return max(1, round(amount * level))


def _sample_times(first: datetime, last: datetime, now: datetime) -> list[datetime]:
    # From the end back, so that the newest sample is the newest full half hour whatever the step.
    times, time = [], last
    while time >= first:
        times.append(time)
        time -= HALF_HOUR if now - time < DETAILED else timedelta(days=1)
    return times[::-1]


def _is_silent(time: datetime, course: Course, now: datetime) -> bool:
    if course.silent is None:
        return False
    from_day, to_day = course.silent
    return timedelta(days=to_day) < now - time < timedelta(days=from_day)


def _changes(
    course: Course, first: datetime, last: datetime, chance: random.Random
) -> list[tuple[datetime, float]]:
    """When the level changes, and by which share of itself."""
    span = (last - first).total_seconds()
    growth = [chance.expovariate(30) for _ in range(course.steps)]
    deleted = [-chance.uniform(0.08, 0.35) for _ in range(course.deletions)]
    moments = [first + timedelta(seconds=chance.uniform(0, span)) for _ in (*growth, *deleted)]
    return sorted(zip(moments, [*growth, *deleted], strict=True))
