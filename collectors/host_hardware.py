"""What this machine is, as its kernel tells it: read without any command."""

import os
from dataclasses import dataclass
from pathlib import Path

from collectors.parsers.proc_files import host_info
from usermon.host_records import HostInfo


@dataclass(frozen=True, slots=True)
class Kernel:
    """Where a kernel tells of itself; tests have folders of their own."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")


THIS_KERNEL = Kernel()


def read_host_info(hostname: str, time: int, kernel: Kernel = THIS_KERNEL) -> HostInfo:
    """Raises NotAKernel on a machine whose /proc tells nothing."""
    cpu = kernel.sys / "devices/system/cpu/cpu0"
    caches = sorted(cpu.glob("cache/index*"))
    l2 = next((cache for cache in caches if _text(cache / "level").strip() == "2"), None)
    files = {name: _text(kernel.proc / name) for name in ("cpuinfo", "meminfo", "stat")}
    files["architecture"] = os.uname().machine
    files["max_freq"] = _text(cpu / "cpufreq/cpuinfo_max_freq")
    files["l2"] = "" if l2 is None else _text(l2 / "size")
    return host_info(files, hostname, time)


def _text(file: Path) -> str:
    """Empty where there is no such file, as on other architectures and in containers."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
