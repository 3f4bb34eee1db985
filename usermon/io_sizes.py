"""Ranges of sizes as bpftrace prints them in a histogram: "[4K, 8K)", "[0]", "(..., 0)"."""

import re
from typing import NamedTuple

_UNITS = "KMGTPE"
_LARGEST = 2**63 - 1  # what the store can keep
_SIZE = r"(\d{1,19})([KMGTPE]?)"
_RANGE = re.compile(rf"\[{_SIZE}, (?:{_SIZE}|\.\.\.)\)", re.ASCII)
_SINGLE = re.compile(rf"\[{_SIZE}\]", re.ASCII)
_BELOW = re.compile(rf"\(\.\.\., {_SIZE}\)", re.ASCII)


class SizeRange(NamedTuple):
    """Sizes from `low` up to and without `high`, in bytes; None: no end on that side.

    What lies beyond 8 EiB, which nothing can read at once, has no end either.
    """

    low: int | None
    high: int | None

    def __str__(self) -> str:
        """As bpftrace writes it."""
        if self.low is None:
            return f"(..., {_shown(self.high or 0)})"
        if self.high is None:
            return f"[{_shown(self.low)}, ...)"
        if self.high == self.low + 1 and self.low < 2:
            return f"[{self.low}]"
        return f"[{_shown(self.low)}, {_shown(self.high)})"


def size_range(text: str) -> SizeRange:
    """The range that `text` says, K being 1024. Raises ValueError."""
    if found := _RANGE.fullmatch(text):
        low = _bytes(found[1], found[2])
        high = _bytes(found[3], found[4]) if found[3] else None
    elif found := _SINGLE.fullmatch(text):
        low = _bytes(found[1], found[2])
        high = low + 1
    elif found := _BELOW.fullmatch(text):
        return SizeRange(None, _within(_bytes(found[1], found[2])))
    else:
        raise ValueError("not a range of sizes")
    if high is not None and high <= low:
        raise ValueError("a range of sizes that ends before it begins")
    return SizeRange(_within(low), high if high is not None and high <= _LARGEST else None)


def _within(size: int) -> int:
    if size > _LARGEST:
        raise ValueError("a size that nothing has")
    return size


def _bytes(number: str, unit: str) -> int:
    return int(number) << (10 * (_UNITS.index(unit) + 1) if unit else 0)


def _shown(size: int) -> str:
    for power, unit in reversed(tuple(enumerate(_UNITS, start=1))):
        if size and size % 1024**power == 0:
            return f"{size // 1024**power}{unit}"
    return str(size)
