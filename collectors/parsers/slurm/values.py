"""Single values as Slurm prints them: counts, lengths of time, moments, sizes. Each raises ValueError."""

import math
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from usermon.queue_records import LARGEST

_NOTHING = frozenset(
    {"", "n/a", "none", "unknown", "(null)", "null", "invalid", "unlimited", "partition_limit"}
)
# `1-4` nodes: at least one. `2K` processors: 2048, in the output of a command without --noconvert.
_COUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([KMG]?)(?:-\d{1,15}[KMG]?)?", re.ASCII)
_SPAN = re.compile(r"(?:(?:(\d{1,6})-)?(\d{1,6}):)?(\d{1,6}):(\d\d)(?:\.\d{1,6})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", re.ASCII)
_EPOCH = re.compile(r"\d{1,15}", re.ASCII)
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([KMGTPE]?)([nc]?)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_UNITS = {unit: 1 << (10 * power) for power, unit in enumerate(("", "K", "M", "G", "T", "P", "E"))}
_MEMORY = re.compile(r"(?:^|,)mem=([^,]*)")
_PROCESSORS = re.compile(r"(?:^|,)cpu=([^,]*)")


def is_nothing(text: str) -> bool:
    """Whether Slurm says with `text` that there is no value."""
    return text.strip().lower() in _NOTHING


def count(text: str, name: str) -> int:
    match = _COUNT.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{name} is missing" if not text.strip() else f"{name} is not a whole number")
    value = float(match[1]) * _UNITS[match[2]]
    if not value.is_integer():
        raise ValueError(f"{name} is not a whole number")
    return int(value)


def number(text: str) -> float | int | None:
    """A priority or a load; None where there is none."""
    text = text.strip()
    if is_nothing(text):
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is not a number")
    return float(text) if "." in text else int(text)


def seconds(text: str) -> int | None:
    """Of `34:12`, `1:02:03`, `2-03:04:05`, or plain seconds; None where Slurm prints none."""
    text = text.strip()
    if is_nothing(text):
        return None
    if match := _SPAN.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if _EPOCH.fullmatch(text):  # ElapsedRaw
        return int(text)
    raise ValueError("the elapsed time is not like 1-02:03:04")


def moment(text: str, timezone: ZoneInfo, name: str) -> int | None:
    """Epoch seconds of `2026-03-10T12:34:28` in the cluster's zone; `1773142468` are epoch seconds already.

    Of an hour that comes twice, the first is meant: nothing in a queue's order tells.
    """
    text = text.strip()
    if is_nothing(text):
        return None
    if _EPOCH.fullmatch(text):
        return int(text) or None
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"{name} is not like 2026-03-10T12:34:28")
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=timezone).timestamp()) or None
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is no such time") from None


def size(text: str) -> int:
    """Bytes of `4956M`, `62.50G`; without a unit it is MiB, as in slurm.conf."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError("the memory is not like 4956M")
    return _bounded(float(match[1]) * _UNITS[match[2] or "M"])


def processors_of_tres(tres: str) -> int | None:
    """The `cpu=` in `cpu=96,mem=4956M,node=1`; None where there is none."""
    found = _PROCESSORS.search(tres)
    return count(found[1], "cpu") if found else None


def memory_of_tres(tres: str) -> int | None:
    """Bytes of the `mem=` in `cpu=96,mem=4956M,node=1`; None where there is none."""
    found = _MEMORY.search(tres)
    return size(found[1]) if found else None


def memory_asked(text: str, nodes: int, processors: int) -> int | None:
    """Bytes of sacct's ReqMem: `125Gn` a node, `4000Mc` a processor, `64G` in all."""
    if is_nothing(text):
        return None
    factor = {"n": nodes, "c": processors}.get(text.strip()[-1:], 1)
    return _bounded(size(text) * factor)


def _bounded(value: float) -> int:
    if not math.isfinite(value) or value > LARGEST:
        raise ValueError("the memory is more than any machine has")
    return round(value)
