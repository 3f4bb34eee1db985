"""This machine's counters, by psutil."""

import psutil

from collectors.host_rates import Counters


def read_counters(seconds: float) -> Counters:
    """At `seconds` of a monotonic clock."""
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
