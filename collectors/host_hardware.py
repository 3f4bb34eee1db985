"""What this machine is, as the kernel tells it: read without any command."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from collectors.printable import printable
from usermon.host_records import LONGEST_NAME, HostInfo

_KIB = 1024
_SIZE = re.compile(r"(\d{1,12})([KM]?)", re.ASCII)
# By what name an architecture's /proc/cpuinfo calls the model.
_MODEL_NAMES = ("model name", "cpu model", "cpu", "Model", "Processor")


@dataclass(frozen=True, slots=True)
class Kernel:
    """Where a kernel tells of itself; tests have folders of their own."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")


def host_info(hostname: str, time: int, kernel: Kernel = Kernel()) -> HostInfo:
    """Raises OSError or ValueError on a machine whose /proc tells nothing."""
    architecture = os.uname().machine
    cpus = cpu_fields(_text(kernel.proc / "cpuinfo"))
    memory = re.search(r"^MemTotal:\s+(\d{1,15}) kB$", (kernel.proc / "meminfo").read_text(), re.MULTILINE)
    if memory is None:
        raise ValueError("no MemTotal in meminfo")
    return HostInfo(
        hostname=hostname,
        time=time,
        cpu_number=os.cpu_count() or 1,
        cpu_architecture=architecture,
        cpu_model=cpu_model(cpus) or architecture,
        cpu_mhz=_highest_mhz(kernel.sys) or _mhz(cpus),
        l2_cache_bytes=_l2_cache(kernel.sys),
        total_memory_bytes=int(memory[1]) * _KIB,
    )


def cpu_fields(cpuinfo: str) -> dict[str, str]:
    """Of the first CPU, and of what stands behind all."""
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def cpu_model(fields: dict[str, str]) -> str | None:
    for name in _MODEL_NAMES:
        if fields.get(name):
            return printable(fields[name])[:LONGEST_NAME]
    return None


def cache_bytes(text: str) -> int | None:
    """Of "2048K"."""
    match = _SIZE.fullmatch(text.strip())
    return int(match[1]) * {"": 1, "K": _KIB, "M": _KIB**2}[match[2]] if match else None


def _highest_mhz(sys: Path) -> float | None:
    # What /proc/cpuinfo says changes with every breath of a clock that is governed.
    text = _text(sys / "devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").strip()
    return int(text) / 1000 if text.isdecimal() and 0 < int(text) <= 10**9 else None


def _mhz(fields: dict[str, str]) -> float | None:
    try:
        mhz = float(fields.get("cpu MHz", ""))
    except ValueError:
        return None
    return mhz if 0 < mhz <= 1_000_000 else None


def _l2_cache(sys: Path) -> int | None:
    for cache in sorted(sys.glob("devices/system/cpu/cpu0/cache/index*")):
        if _text(cache / "level").strip() == "2":
            return cache_bytes(_text(cache / "size"))
    return None


def _text(file: Path) -> str:
    """Empty where there is no such file, as on other architectures and in containers."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
