"""What a machine has done since its start, and what it did between two looks."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Counters:
    """One look: all but `memory_available` and `load` only ever grow."""

    seconds: float  # of a clock that only goes forward
    cpu: float  # seconds of all CPUs together
    cpu_idle: float
    cpu_kernel: float
    disk_operations: int
    network_received: int
    network_sent: int
    memory_available: int
    load: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Between two looks: percentages, and amounts a second."""

    cpu_idle: float
    cpu_kernel: float
    disk_io: int
    network_received: int
    network_sent: int


def read_counters(seconds: float) -> Counters:
    """Of this machine, at `seconds` of a monotonic clock."""
    cpu = psutil.cpu_times()
    disks = psutil.disk_io_counters()
    networks = [counters for name, counters in psutil.net_io_counters(pernic=True).items() if name != "lo"]
    # A guest's time is in `user` already.
    spent = sum(cpu) - getattr(cpu, "guest", 0) - getattr(cpu, "guest_nice", 0)
    return Counters(
        seconds=seconds,
        cpu=spent,
        cpu_idle=cpu.idle + getattr(cpu, "iowait", 0),
        cpu_kernel=cpu.system + getattr(cpu, "irq", 0) + getattr(cpu, "softirq", 0),
        disk_operations=disks.read_count + disks.write_count if disks else 0,
        network_received=sum(counters.bytes_recv for counters in networks),
        network_sent=sum(counters.bytes_sent for counters in networks),
        memory_available=psutil.virtual_memory().available,
        load=psutil.getloadavg()[0],
    )


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
