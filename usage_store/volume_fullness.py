"""How full a volume is, and when it will be full: what users hold of it against its capacity. Pure.

What users hold is what quota reports say. What else lies on the volume (snapshots, data without a quota) is
not among it, so that it may be full before.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from usage_store.storage_days import VolumeDays
from usage_store.volume_growth import growth_a_second
from usermon.growth import Outlook, outlook

# File systems grow slow, and quotas cannot be filled any more, before the last block is given away.
NEARLY_FULL_PERCENT = 90.0
SERIOUSLY_FULL_PERCENT = 98.0


class Fullness(NamedTuple):
    """`outlook` goes by the growth of volume_growth.py, as the forecast of the storage page does."""

    volume: str
    used_bytes: int
    capacity_bytes: int
    outlook: Outlook

    @property
    def percent(self) -> int:
        return percent_of(self.used_bytes, self.capacity_bytes)


def fullness_of(days: Mapping[str, VolumeDays], capacities: Mapping[str, int], now: float) -> list[Fullness]:
    """Of the volumes whose capacity is known, as far as they are measured; `now` is epoch seconds."""
    return [
        fullness(volume, days[volume].used_bytes[-1], capacity, days[volume], now)
        for volume, capacity in capacities.items()
        if volume in days and days[volume].time
    ]


def fullness(volume: str, used_bytes: int, capacity: int, days: VolumeDays, now: float) -> Fullness:
    """Of what users hold, `used_bytes`, and came to hold in `days`."""
    ahead = outlook(growth_a_second(days, now), used_bytes, capacity, now - days.time[-1])
    return Fullness(volume, used_bytes, capacity, ahead)


def percent_of(used_bytes: float, capacity_bytes: float) -> int:
    """Rounded down: 100 % is full, and nothing else is."""
    return math.floor(100 * used_bytes / capacity_bytes)
