"""Values in Slurm's JSON: plain up to 22.05; `{"set": true, "infinite": false, "number": 5}` and lists of
words in newer data parsers. Both are read field by field, since the change came field by field too."""

import math
from collections.abc import Mapping
from typing import Any

from usermon.queue_records import LARGEST

# What Slurm's C code keeps where there is no value, and prints when its JSON knows no better.
_NO_VALUES = frozenset({0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF})

Item = Mapping[str, Any]


def words(item: Item, key: str) -> list[str]:
    """Of a state, which is one word or a list."""
    value = item.get(key)
    found = value if isinstance(value, list) else [value]
    return [word.strip() for word in found if isinstance(word, str) and word.strip()]


def text(item: Item, key: str) -> str:
    """Nothing where there is none."""
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""


def time(item: Item, key: str) -> int | None:
    """Epoch seconds; 0 is none."""
    return whole(item, key) or None


def whole(item: Item, key: str) -> int | None:
    """A count. Raises ValueError for what is none."""
    value = number(item, key)
    if value is None:
        return None
    if value < 0 or value != int(value):
        raise ValueError(f"{key} is {str(value)[:40]}, which is no count")
    return int(value)


def number(item: Item, key: str, *, may_be_large: bool = False) -> int | float | None:
    """None where there is none, or infinitely much. `may_be_large`: it may be what says "none" elsewhere."""
    value = item.get(key)
    if isinstance(value, Mapping):
        if not value.get("set", True) or value.get("infinite"):
            return None
        value = value.get("number")
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{key} is not a number")
    if value in _NO_VALUES and not may_be_large:
        return None
    if abs(value) > LARGEST:
        raise ValueError(f"{key} is larger than anything that is counted")
    return value


def part(item: Item, key: str) -> Item:
    """An object within `item`; an empty one where there is none."""
    value = item.get(key)
    return value if isinstance(value, Mapping) else {}
