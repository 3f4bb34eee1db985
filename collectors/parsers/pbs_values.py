"""The values that Torque and PBS Pro share: durations, sizes, times, lists of processors."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collectors.parsers.pbs_items import Damaged
from usermon.queue_records import LARGEST

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ASCTIME = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([0-9]{4})", re.ASCII
)
_CLOCK = re.compile(r"([0-9]{1,9}):([0-9]{2}):([0-9]{2})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_LOAD = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,15})?", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,19})([kmgtp]?)([bw])", re.ASCII | re.IGNORECASE)
_SLOTS = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", re.ASCII)
_MOST_SLOTS = 10_000_000
_WORD_BYTES = 8


def count(text: str, name: str) -> int:
    if not _COUNT.fullmatch(text) or int(text) > LARGEST:
        raise Damaged(f"{name} is no count")
    return int(text)


def number(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text) or abs(int(text)) > LARGEST:
        raise Damaged(f"{name} is no whole number")
    return int(text)


def load(text: str) -> float:
    if not _LOAD.fullmatch(text):
        raise Damaged("loadave is no number")
    return float(text)


def seconds(text: str, name: str) -> int:
    """Of `20:50:27`, hours without end, or of plain seconds."""
    if _COUNT.fullmatch(text) and int(text) <= LARGEST:
        return int(text)
    match = _CLOCK.fullmatch(text)
    if not match:
        raise Damaged(f"{name} is not like 20:50:27")
    hours, minutes, rest = (int(part) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def size(text: str, name: str) -> int:
    """Bytes of `49415092kb`: units are powers of 1024, a word (`w`) is eight bytes."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise Damaged(f"{name} is not like 49415092kb")
    digits, unit, measure = match.groups()
    amount = int(digits) << (10 * " kmgtp".index(unit.lower() or " "))
    amount *= _WORD_BYTES if measure in "wW" else 1
    if amount > LARGEST:
        raise Damaged(f"{name} is more than any machine has")
    return amount


def moment(text: str, zone: ZoneInfo, name: str) -> int:
    """Epoch seconds of `Wed Oct 17 11:24:14 2012`, local time; of an hour that comes twice, the first."""
    match = _ASCTIME.fullmatch(text)
    if not match or match[1] not in _MONTHS:
        raise Damaged(f"{name} is not like Wed Oct 17 11:24:14 2012")
    day, hour, minute, second, year = (int(part) for part in match.groups()[1:])
    try:
        local = datetime(year, _MONTHS.index(match[1]) + 1, day, hour, minute, min(second, 59), tzinfo=zone)
        found = int(local.astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        raise Damaged(f"{name}: there is no such time") from None
    if found < 0:
        raise Damaged(f"{name} is before 1970: was the clock set?")
    return found


def slots(text: str, name: str) -> int:
    """How many of `0`, `0-35` or `0-3,8`."""
    found = 0
    for part in text.split(","):
        match = _SLOTS.fullmatch(part)
        if not match or (match[2] and int(match[2]) < int(match[1])):
            raise Damaged(f"{name} is not like 0-35")
        found += 1 + int(match[2] or match[1]) - int(match[1])
    if found > _MOST_SLOTS:
        raise Damaged(f"{name} holds more processors than any machine has")
    return found


def placed_on(exec_host: str) -> tuple[tuple[str, ...], int]:
    """The nodes of `n1/0*16+n2/0-3`, each once, and the processors there.

    `n1/3` is one processor (number 3), `n1/0*16` are sixteen, `n1/0-3` four. A node may come by its short
    and by its full name; it is one node.
    """
    names: dict[str, None] = {}
    processors = 0
    for place in exec_host.split("+"):
        name, slash, which = place.partition("/")
        if not name or not slash:
            raise Damaged("exec_host is not like n1/0+n1/1")
        which, star, times = which.partition("*")
        processors += count(times, "exec_host") if star else slots(which, "exec_host")
        names[name] = None
    if processors > _MOST_SLOTS:
        raise Damaged("exec_host holds more processors than any machine has")
    told_in_full = {name.partition(".")[0] for name in names if "." in name}
    return tuple(name for name in names if name not in told_in_full), processors


def job_id_of(text: str) -> str:
    """`49662[1]` of `49662[1].compute-01.cluster-a.example`."""
    return text.partition(".")[0]


def number_of(job_id: str) -> int:
    return count(job_id.partition("[")[0], "the job's id")
