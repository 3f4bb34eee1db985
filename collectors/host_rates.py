"""What a machine did between two looks at its counters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    """One look: all but `memory_available` and `load` only ever grow."""

    seconds: float  # of a clock that only goes forward
    cpu: float  # time of all CPUs together, in whatever unit
    cpu_idle: float
    cpu_kernel: float
    disk_operations: int
    network_received: int
    network_sent: int
    memory_available: int
    load: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Percentages, and amounts a second."""

    cpu_idle: float
    cpu_kernel: float
    disk_io: int
    network_received: int
    network_sent: int


def rates_between(before: Counters, now: Counters) -> Rates:
    """Counters that went back (a disk or an interface that left, a machine that restarted) count as still."""
    cpu, seconds = now.cpu - before.cpu, max(now.seconds - before.seconds, 0.001)

    def percent(part: float) -> float:
        return round(min(max(100 * part / cpu, 0.0), 100.0), 1) if cpu > 0 else 0.0

    def a_second(amount: int) -> int:
        return max(0, round(amount / seconds))

    return Rates(
        cpu_idle=percent(now.cpu_idle - before.cpu_idle),
        cpu_kernel=percent(now.cpu_kernel - before.cpu_kernel),
        disk_io=a_second(now.disk_operations - before.disk_operations),
        network_received=a_second(now.network_received - before.network_received),
        network_sent=a_second(now.network_sent - before.network_sent),
    )
