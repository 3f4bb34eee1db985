"""Published histories with defaults: a test names what matters to it."""

import random
from pathlib import Path

from tests.factories import published
from user_dashboard.published import Storage, prepare
from usermon.published_storage import PublishedStorage, VolumeHistory, to_json
from usermon.state_folder import PUBLISHED_STORAGE
from usermon.units import GIB

NOW = 1_772_452_800  # 2 March 2026, 12:00 UTC
HALF_AN_HOUR = 1800
DAY = 86400


def volume(
    count: int = 10,
    step: int = HALF_AN_HOUR,
    end: int = NOW,
    gb: int = 100,
    files: int = 1_000,
    hard_limit_bytes: int | None = None,
) -> VolumeHistory:
    """Grows by one GB and ten files a sample; `gb` and `files` are those of the newest."""
    back = range(count - 1, -1, -1)
    return VolumeHistory(
        [end - n * step for n in back],
        [(gb - n) * GIB for n in back],
        [files - 10 * n for n in back],
        None,
        hard_limit_bytes,
    )


def steady(count: int = 10, step: int = HALF_AN_HOUR, end: int = NOW, gb: int = 100) -> VolumeHistory:
    """Holds the same all the time."""
    times = [end - n * step for n in range(count - 1, -1, -1)]
    return VolumeHistory(times, [gb * GIB] * count, [1_000] * count)


def without(history: VolumeHistory, first: int, last: int) -> VolumeHistory:
    """A hole where the samples from `first` up to `last` were."""
    keep = [n for n in range(len(history.time)) if not first <= n < last]
    return VolumeHistory(
        [history.time[n] for n in keep],
        [history.used_bytes[n] for n in keep],
        [history.files[n] for n in keep],
    )


def wandering(count: int = 700, seed: int = 1, end: int = NOW) -> VolumeHistory:
    chance = random.Random(seed)
    gb, files = 10_000, 400_000
    used, number = [], []
    for _ in range(count):
        gb += chance.randint(-20, 30)
        files += chance.randint(-200, 300)
        used.append(gb * GIB)
        number.append(files)
    return VolumeHistory([end - n * HALF_AN_HOUR for n in range(count - 1, -1, -1)], used, number)


def storage(timezone: str = "Europe/Berlin", **volumes: VolumeHistory) -> Storage:
    return prepare(published(timezone=timezone, volumes=volumes))


def publish(folder: Path, content: PublishedStorage | bytes) -> None:
    """As the collectors do: written beside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / ".beside"
    beside.write_bytes(content if isinstance(content, bytes) else to_json(content))
    beside.replace(folder / PUBLISHED_STORAGE)
