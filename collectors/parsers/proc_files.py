"""What a Linux kernel tells of its machine in /proc and /sys: its hardware, and its counters.

    MemTotal:       32779100 kB            meminfo
    cpu  93 0 41 7031 12 0 3 0 0 0         stat
    0.42 0.31 0.28 1/203 4711              loadavg

Files by their names, as text. Of a machine where nothing may be installed they come over ssh, in one dump
with a line `=== NAME` before each, and behind them what `df -Pk` says of each mount. Seen from kernels 3.10
to 6.12.
"""

import re
from collections.abc import Mapping

from collectors.host_rates import Counters
from collectors.printable import printable
from usermon.host_records import LONGEST_NAME, HostInfo, MountSpace

# `sh -c SCRIPT sh MOUNT...` on the machine itself; the mounts come last, since one of them may be dead.
SCRIPT = """
for file in uptime stat meminfo loadavg diskstats net/dev cpuinfo; do
  echo "=== $file"; cat "/proc/$file"
done
cpu=/sys/devices/system/cpu/cpu0
echo "=== architecture"; uname -m
echo "=== hostname"; uname -n
echo "=== max_freq"; cat "$cpu/cpufreq/cpuinfo_max_freq" 2>/dev/null
for cache in "$cpu"/cache/index*; do
  if [ "$(cat "$cache/level" 2>/dev/null)" = 2 ]; then echo "=== l2"; cat "$cache/size"; fi
done
for mount in "$@"; do
  echo "=== mount $mount"; timeout -s KILL 5 df -Pk "$mount" 2>/dev/null
done
exit 0
"""

Files = Mapping[str, str]

_KIB = 1024
_SECTOR_NAME = re.compile(
    r"(loop|ram|fd|sr|zram)\d+|(sd|hd|vd|xvd)[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+)p\d+|(dm-|md)\d+"
)
_HEADING = "=== "
_SIZE = re.compile(r"(\d{1,12})([KM]?)", re.ASCII)
# By what name an architecture's cpuinfo calls the model.
_MODEL_NAMES = ("model name", "cpu model", "cpu", "Model", "Processor")


class NotAKernel(ValueError):
    """What every kernel tells is not there; says what."""


def files_of(dump: str) -> dict[str, str]:
    """The parts of a dump by their names."""
    files: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in dump.split("\n"):
        line = line.rstrip("\r")
        if line.startswith(_HEADING):
            lines = files.setdefault(line.removeprefix(_HEADING), [])
        else:
            lines.append(line)
    return {name: "\n".join(part) for name, part in files.items()}


def host_info(files: Files, hostname: str, time: int) -> HostInfo:
    """From cpuinfo, meminfo and stat; `architecture`, `max_freq` and `l2` where they are there.

    Raises NotAKernel.
    """
    cpu = _cpu_fields(files.get("cpuinfo", ""))
    architecture = files.get("architecture", "").strip() or "unknown"
    return HostInfo(
        hostname=hostname,
        time=time,
        cpu_number=len(re.findall(r"^cpu\d+ ", files.get("stat", ""), re.MULTILINE)) or 1,
        cpu_architecture=printable(architecture)[:LONGEST_NAME],
        cpu_model=_cpu_model(cpu) or printable(architecture)[:LONGEST_NAME],
        cpu_mhz=_highest_mhz(files.get("max_freq", "")) or _mhz(cpu.get("cpu MHz", "")),
        l2_cache_bytes=_cache_bytes(files.get("l2", "")),
        total_memory_bytes=_memory(files, "MemTotal"),
    )


def counters(files: Files) -> Counters:
    """From uptime, stat, meminfo, loadavg, diskstats and net/dev. Raises NotAKernel."""
    cpu = _numbers(r"^cpu +([\d ]+)$", files, "stat")
    if len(cpu) < 4:
        raise NotAKernel("stat has no line of all CPUs")
    user, nice, system, idle, iowait, irq, softirq, steal = (*cpu, 0, 0, 0, 0)[:8]
    received, sent = _network(files.get("net/dev", ""))
    try:
        load = float(files.get("loadavg", "").split(" ")[0])
    except ValueError:
        load = None
    return Counters(
        seconds=_uptime(files),
        cpu=user + nice + system + idle + iowait + irq + softirq + steal,
        cpu_idle=idle + iowait,
        cpu_kernel=system + irq + softirq,
        disk_operations=_disk_operations(files.get("diskstats", "")),
        network_received=received,
        network_sent=sent,
        memory_available=_memory(files, "MemAvailable", "MemFree"),
        load=load,
    )


def mount_space(files: Files, mount: str) -> MountSpace:
    """What `df -Pk` said of `mount`; None when it said nothing. The size is what `df` takes the percentage
    of: used and available together, without the blocks that are kept for root."""
    lines = files.get(f"mount {mount}", "").strip().splitlines()
    # A long device does not break the line with -P; blanks in names do add columns, in front and behind.
    match = re.search(r" \d+ +(-?\d{1,18}) +(-?\d{1,18}) +\d+% ", lines[-1]) if len(lines) > 1 else None
    if match is None:
        return MountSpace(mount, None)
    size = (int(match[1]) + int(match[2])) * _KIB
    return MountSpace(mount, max(0, int(match[2])) * _KIB, size if size > 0 else None)


def _uptime(files: Files) -> float:
    try:
        return float(files.get("uptime", "").split()[0])
    except (ValueError, IndexError):
        raise NotAKernel("uptime is no number") from None


def _memory(files: Files, *names: str) -> int:
    for name in names:
        if found := _numbers(rf"^{name}: +(\d{{1,15}}) kB$", files, "meminfo"):
            return found[0] * _KIB
    raise NotAKernel(f"meminfo has no {names[0]}")


def _numbers(pattern: str, files: Files, name: str) -> list[int]:
    match = re.search(pattern, files.get(name, ""), re.MULTILINE | re.ASCII)
    return [int(number[:18]) for number in match[1].split()] if match else []


def _disk_operations(diskstats: str) -> int:
    """Reads and writes of whole disks: their partitions and what lies over them would count again."""
    operations = 0
    for line in diskstats.splitlines():
        fields = line.split()
        if len(fields) >= 14 and not _SECTOR_NAME.fullmatch(fields[2]):
            reads, writes = fields[3], fields[7]
            if reads.isdecimal() and writes.isdecimal():
                operations += int(reads[:18]) + int(writes[:18])
    return operations


def _network(dev: str) -> tuple[int, int]:
    received = sent = 0
    for line in dev.splitlines():
        name, colon, numbers = line.partition(":")
        fields = numbers.split()
        if (
            colon
            and name.strip() != "lo"
            and len(fields) >= 9
            and fields[0].isdecimal()
            and fields[8].isdecimal()
        ):
            received, sent = received + int(fields[0][:18]), sent + int(fields[8][:18])
    return received, sent


def _cpu_fields(cpuinfo: str) -> dict[str, str]:
    """Of the first CPU, and of what stands behind all."""
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def _cpu_model(fields: Mapping[str, str]) -> str | None:
    for name in _MODEL_NAMES:
        if fields.get(name):
            return printable(fields[name])[:LONGEST_NAME]
    return None


def _highest_mhz(khz: str) -> float | None:
    # What cpuinfo says changes with every breath of a clock that is governed.
    khz = khz.strip()
    is_number = khz.isascii() and khz.isdecimal() and len(khz) <= 9
    return int(khz) / 1000 if is_number and int(khz) > 0 else None


def _mhz(text: str) -> float | None:
    try:
        mhz = float(text)
    except ValueError:
        return None
    return mhz if 0 < mhz <= 1_000_000 else None


def _cache_bytes(size: str) -> int | None:
    """Of "2048K"."""
    match = _SIZE.fullmatch(size.strip())
    return int(match[1]) * {"": 1, "K": _KIB, "M": _KIB**2}[match[2]] if match else None
