"""How full a volume is, and when it will be full: what users hold of it against its capacity. Pure.

What users hold is what quota reports say. What else lies on the volume (snapshots, data without a quota) is
not among it, so that it may be full before.
"""

import math
from collections.abc import Iterable, Mapping
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
    return list(_fullness(days, capacities.items(), now))


def _fullness(
    days: Mapping[str, VolumeDays], capacities: Iterable[tuple[str, int]], now: float
) -> Iterable[Fullness]:
    for volume, capacity in capacities:
        known = days.get(volume)
        if known is not None and known.time:
            used = known.used_bytes[-1]
            ahead = outlook(growth_a_second(known, now), used, capacity, now - known.time[-1])
            yield Fullness(volume, used, capacity, ahead)


def percent_of(used_bytes: float, capacity_bytes: float) -> int:
    """Rounded down: 100 % is full, and nothing else is."""
    return math.floor(100 * used_bytes / capacity_bytes)
