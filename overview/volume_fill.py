"""How full a volume is, for its tile: a bar and words. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from alerts.words import size
from overview.storage_table import StorageTable
from usage_store.volume_fullness import NEARLY_FULL_PERCENT, SERIOUSLY_FULL_PERCENT, percent_of
from usermon.units import bytes_from_gb


class VolumeFill(NamedTuple):
    """`share` is of the capacity, which users may hold more than; `level` is as that of a quota. No tick
    stands in its bar."""

    share: float
    level: str
    words: str
    soft_share: None = None

    def as_feed(self) -> dict[str, Any]:
        return {"share": round(self.share, 4), "level": self.level, "words": self.words}


def volume_fills(table: StorageTable, capacities: Mapping[str, int]) -> dict[str, VolumeFill]:
    """By volume, of those whose capacity (bytes) is told."""
    return {
        volume: _fill(bytes_from_gb(total.gb), capacities[volume])
        for volume, total in table.totals.items()
        if volume in capacities
    }


def _fill(used_bytes: int, capacity: int) -> VolumeFill:
    share = used_bytes / capacity
    level, more = "fine", ""
    if 100 * share >= SERIOUSLY_FULL_PERCENT:
        level, more = "over", ": full" if share >= 1 else ": nearly full"
    elif 100 * share >= NEARLY_FULL_PERCENT:
        level, more = "near", ": nearly full"
    return VolumeFill(share, level, f"{percent_of(used_bytes, capacity)} % of {size(capacity)}{more}")
