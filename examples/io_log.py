"""The example facility's I/O log: six weeks of hourly blocks of who read how much, where, in which sizes."""

import random
import re
from datetime import UTC, datetime, timedelta

from examples.people import PEOPLE, ZONE

HOURS = 6 * 7 * 24
MACHINES = [("calc-01", "cluster"), ("calc-02", "cluster"), ("gpu-01", "cluster"), ("desk-14", "office")]
# The first three sizes are bytes; bpftrace prints powers of two.
_RANGES = [
    "[512, 1K)",
    "[1K, 2K)",
    "[2K, 4K)",
    "[4K, 8K)",
    "[8K, 16K)",
    "[16K, 32K)",
    "[64K, 128K)",
    "[1M, 2M)",
]
_WIDTH = 52
_MOMENT = re.compile(r"^Log: .* \((\d+)\)$", re.ASCII | re.MULTILINE)


def io_log(now: datetime, chance: random.Random) -> str:
    hour = now.replace(minute=0, second=11) - timedelta(hours=HOURS)
    blocks = []
    while hour <= now:
        blocks += _hour(hour, chance)
        hour += timedelta(hours=1)
    return "\n".join(blocks)


def more_io(end: str, now: datetime, seed: str) -> str:
    """The blocks of the hours after the last one in `end`, a log's end, up to `now`; of a day at most."""
    moments = _MOMENT.findall(end)
    if not moments:
        raise ValueError("no hour in the I/O log")
    hour = datetime.fromtimestamp(int(moments[-1]), UTC) + timedelta(hours=1)
    hour += max(timedelta(0), now - timedelta(days=1) - hour) // timedelta(hours=1) * timedelta(hours=1)
    blocks = []
    while hour <= now:
        blocks += _hour(hour, random.Random(f"{seed} {int(hour.timestamp())}"))
        hour += timedelta(hours=1)
    return "".join(f"\n{block}" for block in blocks)


def _hour(hour: datetime, chance: random.Random) -> list[str]:
    local = hour.astimezone(ZONE)
    blocks = [f"Log: {local:%Y-%m-%d %H:%M:%S} ({int(hour.timestamp())})\n"]
    busy = 0.7 if 8 <= local.hour < 19 and local.weekday() < 5 else 0.25
    for user, role in PEOPLE.items():
        for machine, kind in MACHINES:
            if chance.random() < busy / len(MACHINES):
                blocks.append(_session(user, role, machine, kind, chance))
    return blocks


def _session(user: str, role: str, machine: str, kind: str, chance: random.Random) -> str:
    first = chance.randrange(len(_RANGES) - 2)
    ranges = _RANGES[first : first + chance.randint(2, 5)]
    counts = [int(chance.paretovariate(0.6)) % 90_000 for _ in ranges]
    largest = max(counts)
    lines = [f"@rd_client({machine},{kind})[{user}({role}/lab-{user[0]})]:"]
    for name, count in zip(ranges, counts, strict=True):
        bar = "@" * (_WIDTH * count // largest)
        lines.append(f"{name:<16}{count:>8} |{bar:<{_WIDTH}}|")
    return "\n".join(lines) + "\n"
