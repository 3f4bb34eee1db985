"""The example facility's hosts: what four machines are, and a day of their minutes."""

import math
import random
from datetime import UTC, datetime, timedelta

from examples.people import ZONE

MINUTES = 24 * 60
_CLEANED_UP = 14 * 24 * 60  # minutes after which a disk has as much room again
_DISK_SIZE, _DISK_MIB = "disk_size", 960_000
# Name, processors, memory in KiB, free memory in MiB at best, minutes ago when it fell silent for how long.
_HOSTS = [
    ("calc-01", 32, 131_072_000, 118_000, None),
    ("calc-02", 32, 131_072_000, 96_000, (300, 45)),
    ("gpu-01", 64, 524_288_000, 402_000, None),
    ("store-01", 8, 32_768_000, 21_000, (30, 60)),  # silent until now
]


def host_info(now: datetime) -> str:
    lines = ["id,hostname,cpu_number,cpu_architecture,cpu_model,cpu_mhz,l2_cache,total_mem,timestamp"]
    since = (now - timedelta(days=200)).astimezone(ZONE)
    for number, (name, cpus, memory, _, _) in enumerate(_HOSTS, start=1):
        lines.append(
            f"{number},{name}.example.org,{cpus},x86_64,Invented Processor {cpus}C,2400.0,1024,{memory},"
            f"{since:%Y-%m-%d %H:%M:%S}"
        )
    return "\n".join(lines) + "\n"


def host_usage(now: datetime, seed: str) -> str:
    lines = [f"timestamp,host_id,memory_free,cpu_idle,cpu_kernel,disk_io,disk_available,{_DISK_SIZE}"]
    for ago in range(MINUTES, -1, -1):
        silent = {name for name, _, _, _, gap in _HOSTS if gap and gap[0] >= ago > gap[0] - gap[1]}
        lines += _minute(now - timedelta(minutes=ago), seed, silent)
    return "\n".join(lines) + "\n"


def more_usage(header: str, last: datetime, now: datetime, seed: str) -> str:
    """The lines of the minutes after `last` up to `now`, of a day at most; who fell silent stays so. Tables
    that were made by an older Usermon have no sizes of disks in their `header`, and get none."""
    sized = _DISK_SIZE in header
    silent = {name for name, _, _, _, gap in _HOSTS if gap and gap[0] <= gap[1]}
    time, lines = max(last + timedelta(minutes=1), now - timedelta(minutes=MINUTES)), []
    while time <= now:
        lines += (
            _minute(time, seed, silent) if sized else [_unsized(one) for one in _minute(time, seed, silent)]
        )
        time += timedelta(minutes=1)
    return "".join(f"{line}\n" for line in lines)


def last_usage(usage: str) -> datetime:
    """When the last line of a host_usage.csv was measured; raises ValueError. Of an hour that the clock shows
    twice it is the later one, so that no line is ever written again."""
    words = usage.rstrip().rpartition("\n")[2].partition(",")[0]
    return datetime.strptime(words, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE, fold=1).astimezone(UTC)


def _unsized(line: str) -> str:
    return line.rpartition(",")[0]


def _minute(time: datetime, seed: str, silent: set[str]) -> list[str]:
    """A line of each host. A minute is the same whenever it is asked for: so the courses can go on."""
    minute = int(time.timestamp()) // 60
    chance = random.Random(f"{seed} {minute}")
    shown = f"{time.replace(second=3).astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    lines = []
    for number, (name, _, _, free, _) in enumerate(_HOSTS, start=1):
        disk = 900_000 - number * 70_000 - minute % _CLEANED_UP
        busy = 0.5 + 0.4 * math.sin(number - minute / 180) + chance.uniform(-0.05, 0.05)
        line = (
            f"{shown},{number},{int(free * (1 - 0.6 * busy))},{int(95 - 80 * busy)},"
            f"{chance.randint(0, 6)},{int(900 * busy * chance.random())},{disk},{_DISK_MIB}"
        )
        if name not in silent:
            lines.append(line)
    return lines
