"""Which hosts are in trouble, in words. Pure: the moment is an argument. All thresholds stand here.

A host is late when it missed three of its samples and said nothing for five minutes: it may be restarting. It
is silent after a quarter of an hour, or when the facility's rule of alerts says so (alerts/host_limits.py);
what it told before is no trouble any more then. Memory is what programs cannot get any more (caches count as
free). A processor that is busy is no trouble, that is what it is for: one is overloaded when far more wants
to run than it has cores, or when it is busy with itself. Of a disk counts what users can still write; where
its size is known its share too: a small one that is half empty is not nearly full, a large one may be.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from usage_store.hosts_now import Disk, HostNow
from usermon.alert_rules import HOST_SILENT_AFTER_SECONDS
from usermon.units import size_that_fits

Kind: TypeAlias = Literal["silent", "late", "memory", "disk", "cpu", "clock"]
Severity: TypeAlias = Literal["warning", "serious"]

_GIB = 1024**3
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class HostLimits:
    """Where trouble begins. Shares are percent; `load` is that of one minute, per CPU. `silence` says how bad
    it is to be silent."""

    late_after_seconds: int = 300
    silent_after_seconds: int = HOST_SILENT_AFTER_SECONDS
    silent_after_samples: int = 3
    silence: Severity = "serious"
    gone_after_seconds: int = 30 * _DAY
    ahead_seconds: int = 300
    memory_warning: float = 90.0
    memory_serious: float = 97.0
    disk_warning_bytes: int = 5 * _GIB
    disk_serious_bytes: int = 1 * _GIB
    disk_warning: float = 95.0
    disk_roomy: float = 80.0  # below it, little space is all that such a small disk has
    load_warning: float = 1.5
    load_serious: float = 4.0
    kernel_warning: float = 50.0


LIMITS = HostLimits()


@dataclass(frozen=True, slots=True)
class HostTrouble:
    """`words` end a sentence that begins with the host's name."""

    kind: Kind
    severity: Severity
    words: str


def troubles_of(host: HostNow, now: float, limits: HostLimits = LIMITS) -> list[HostTrouble]:
    """The worst first; none: all is well, as far as is known."""
    if is_silent(host, now, limits):
        # Of one that never spoke no rule of alerts tells.
        severity: Severity = "warning" if host.newest_time is None else limits.silence
        return [HostTrouble("silent", severity, _silent_words(host, now))]
    found = [
        *_late(host, now, limits),
        *_clock(host, now, limits),
        *_memory(host, limits),
        *_disks(host, limits),
        *_cpu(host, limits),
    ]
    return sorted(found, key=lambda trouble: trouble.severity != "serious")


def is_silent(host: HostNow, now: float, limits: HostLimits = LIMITS) -> bool:
    return host.newest_time is None or now - host.newest_time > silent_after(host, limits)


def is_gone(host: HostNow, now: float, limits: HostLimits = LIMITS) -> bool:
    """Silent for so long that nobody waits for it any more."""
    return host.newest_time is not None and now - host.newest_time > limits.gone_after_seconds


def silent_after(host: HostNow, limits: HostLimits = LIMITS) -> int:
    """Seconds after its newest sample."""
    return max(limits.silent_after_seconds, limits.silent_after_samples * (host.interval or 0))


def memory_used_percent(host: HostNow) -> float | None:
    """None where either its memory or what is free of it is not known."""
    if host.sample is None or host.hardware is None:
        return None
    total = host.hardware.total_memory_bytes
    return max(0.0, 100 * (1 - host.sample.memory_free_bytes / total))


def fullest_disk(host: HostNow) -> Disk | None:
    """One that did not answer comes before all; then the one with the largest share used, where all sizes are
    known, else the one with the least left."""
    silent = next((disk for disk in host.disks if disk.available_bytes is None), None)
    shares = [disk_used_percent(disk) for disk in host.disks]
    if silent is not None or not host.disks:
        return silent
    if None not in shares:
        return max(host.disks, key=lambda disk: disk_used_percent(disk) or 0.0)
    return min(host.disks, key=lambda disk: disk.available_bytes or 0)


def disk_used_percent(disk: Disk) -> float | None:
    """Of what users can fill, as `df` counts; None where the size is not known, or it did not answer. In
    words it is rounded down: 100 % is full, and nothing else is."""
    if disk.available_bytes is None or not disk.size_bytes:
        return None
    return max(0.0, 100 * (disk.size_bytes - disk.available_bytes) / disk.size_bytes)


def in_words(seconds: float) -> str:
    """An age or a stretch of time, to the unit that matters: "41 minutes", "7 hours", "3 days", "4 years"."""
    for unit, name, from_seconds in (
        (365 * _DAY, "year", 2 * 365 * _DAY),
        (_DAY, "day", 2 * _DAY),
        (_HOUR, "hour", 2 * _HOUR),
        (_MINUTE, "minute", _MINUTE),
    ):
        if seconds >= from_seconds:
            return _counted(seconds / unit, name)
    return _counted(seconds, "second")


def _counted(amount: float, name: str) -> str:
    is_coarse = amount < 10 and name not in ("second", "minute")
    whole = f"{amount:.1f}".removesuffix(".0") if is_coarse else f"{amount:.0f}"
    return f"{whole} {name}{'' if whole == '1' else 's'}"


def _silent_words(host: HostNow, now: float) -> str:
    if host.newest_time is None:
        return "gave no sample yet"
    return f"said nothing for {in_words(now - host.newest_time)}"


def _late(host: HostNow, now: float, limits: HostLimits) -> Iterator[HostTrouble]:
    age = 0 if host.newest_time is None else now - host.newest_time
    if age > max(limits.late_after_seconds, limits.silent_after_samples * (host.interval or 0)):
        silent = in_words(silent_after(host, limits))
        words = f"late, nothing said for {in_words(age)} (silent after {silent})"
        yield HostTrouble("late", "warning", words)


def _clock(host: HostNow, now: float, limits: HostLimits) -> Iterator[HostTrouble]:
    ahead = 0 if host.newest_time is None else host.newest_time - now
    if ahead > limits.ahead_seconds:
        yield HostTrouble("clock", "warning", f"its clock is {in_words(ahead)} ahead")


def _memory(host: HostNow, limits: HostLimits) -> Iterator[HostTrouble]:
    used = memory_used_percent(host)
    if used is not None and used >= limits.memory_warning:
        severity: Severity = "serious" if used >= limits.memory_serious else "warning"
        yield HostTrouble("memory", severity, f"memory nearly full: {used:.0f} % used")


def _disks(host: HostNow, limits: HostLimits) -> Iterator[HostTrouble]:
    for disk in host.disks:
        name = disk.mount or "the disk"
        if disk.available_bytes is None:
            yield HostTrouble("disk", "serious", f"{name} does not answer")
        elif severity := _fullness(disk.available_bytes, disk_used_percent(disk), limits):
            used = disk_used_percent(disk)
            share = "" if used is None else f"{math.floor(used)} % used, "
            left = f"{size_that_fits(disk.available_bytes)} left"
            yield HostTrouble("disk", severity, f"{name} nearly full: {share}{left}")


def _fullness(available: int, used: float | None, limits: HostLimits) -> Severity | None:
    if available < limits.disk_warning_bytes and (used is None or used >= limits.disk_roomy):
        return "serious" if available < limits.disk_serious_bytes else "warning"
    return "warning" if used is not None and used >= limits.disk_warning else None


def _cpu(host: HostNow, limits: HostLimits) -> Iterator[HostTrouble]:
    if host.sample is None:
        return
    if host.sample.load is not None and host.hardware is not None:
        per_cpu = host.sample.load / host.hardware.cpu_number
        if per_cpu >= limits.load_warning:
            severity: Severity = "serious" if per_cpu >= limits.load_serious else "warning"
            words = f"CPU overloaded: load {host.sample.load:.0f} on {host.hardware.cpu_number} CPUs"
            yield HostTrouble("cpu", severity, words)
            return
    if host.sample.cpu_kernel >= limits.kernel_warning:
        yield HostTrouble("cpu", "warning", f"CPU overloaded: {host.sample.cpu_kernel:.0f} % in the kernel")
