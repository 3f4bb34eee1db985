"""The example facility's hosts: what four machines are, and a day of their minutes."""

import math
import random
from datetime import datetime, timedelta

from examples.people import ZONE

MINUTES = 24 * 60
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


def host_usage(now: datetime, chance: random.Random) -> str:
    lines = ["timestamp,host_id,memory_free,cpu_idle,cpu_kernel,disk_io,disk_available"]
    for ago in range(MINUTES, -1, -1):
        time = (now.replace(second=3) - timedelta(minutes=ago)).astimezone(ZONE)
        for number, (_, _, _, free, silence) in enumerate(_HOSTS, start=1):
            if silence and silence[0] >= ago > silence[0] - silence[1]:
                continue
            disk = 900_000 - number * 70_000 + ago
            busy = 0.5 + 0.4 * math.sin(ago / 180 + number) + chance.uniform(-0.05, 0.05)
            lines.append(
                f"{time:%Y-%m-%d %H:%M:%S},{number},{int(free * (1 - 0.6 * busy))},{int(95 - 80 * busy)},"
                f"{chance.randint(0, 6)},{int(900 * busy * chance.random())},{disk}"
            )
    return "\n".join(lines) + "\n"
