"""Storage of the small facility: sixty days by the day, the last two by the half-hour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from usermon.records import StorageUsage
from usermon.units import GIB

_DAY = 86_400
DAYS = 60


class _Course(NamedTuple):
    """GB and files now, GB a day that it grows by, limits in GB."""

    gb: float
    files: int
    growth: float = 0.0
    soft: int | None = None
    hard: int | None = None
    silent_days: float = 0.0


_COURSES = {
    ("alice", "local"): _Course(420, 81_000, 1.5, 800, 1000),
    ("alice", "cryo"): _Course(9_300, 412_000, 60),
    ("bob", "local"): _Course(1_130, 1_640_000, 6, 1000, 1200),
    ("bob", "cryo"): _Course(26_400, 4_020_000, 12),
    ("dora", "local"): _Course(3, 90, 0, 800, 1000),
    ("emeka", "local"): _Course(760, 230_000, 2.5, 800, 1000),
    ("emeka", "cryo"): _Course(15, 1_200),
    ("farida", "local"): _Course(390, 64_000, 14, 800, 1000),
    ("farida", "cryo"): _Course(31_000, 940_000, 450),
    ("goran", "local"): _Course(55, 4_000, 0, 800, 1000, silent_days=9),
    ("kwame", "local"): _Course(0, 0, 0, 800, 1000),
    ("kwame", "cryo"): _Course(1_250, 51_000, -9),
}


def storage_samples(now: int) -> list[StorageUsage]:
    chance = Random(11)
    return [
        sample
        for (user, volume), course in _COURSES.items()
        for sample in _samples(user, volume, course, now, chance)
    ]


def _samples(user: str, volume: str, course: _Course, now: int, chance: Random) -> Iterator[StorageUsage]:
    newest = now // 1800 * 1800 - round(course.silent_days * _DAY)
    back = [*(n * _DAY for n in range(DAYS, 2, -1)), *(n * 1800 for n in range(96, -1, -1))]
    for seconds in back:
        gb = max(0.0, course.gb - course.growth * seconds / _DAY + (chance.random() - 0.5) * course.gb / 400)
        if seconds == 0:
            gb = course.gb
        files = max(0, round(course.files * (gb / course.gb if course.gb else 1)))
        over = course.soft is not None and gb > course.soft
        yield StorageUsage(
            user,
            volume,
            datetime.fromtimestamp(newest - seconds, UTC),
            round(gb * GIB),
            files,
            _bytes(course.soft),
            _bytes(course.hard),
            1_500_000 if course.soft else None,
            2_000_000 if course.hard else None,
            "6 days" if over else None,
            None,
        )


def _bytes(gb: int | None) -> int | None:
    return None if gb is None else gb * GIB
