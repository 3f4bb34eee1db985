"""A host's newest sample and its hardware, in words for people. Pure."""

import math
from typing import NamedTuple

from overview.hardware_groups import round_size
from overview.shown import size
from usage_store.host_status import LIMITS, disk_used_percent, memory_used_percent
from usage_store.hosts_now import Disk, HostNow


class Fact(NamedTuple):
    """`share` is percent, where a bar says it better; `is_high`: too much of it."""

    name: str
    value: str
    share: float | None = None
    is_high: bool = False


def hardware_facts(host: HostNow) -> list[Fact]:
    if host.hardware is None:
        return []
    facts = [
        Fact("CPUs", f"{host.hardware.cpu_number:,}"),
        Fact("Model", host.hardware.cpu_model),
        Fact("Architecture", host.hardware.cpu_architecture),
        Fact("Memory", round_size(host.hardware.total_memory_bytes)),
    ]
    if host.gpus:
        names = sorted({gpu.name for gpu in host.gpus})
        facts.append(Fact("GPUs", f"{len(host.gpus)} × {', '.join(names)}"))
    return facts


def sample_facts(host: HostNow) -> list[Fact]:
    """What the newest sample says; what it does not tell is left out."""
    sample = host.sample
    if sample is None:
        return []
    used = memory_used_percent(host)
    memory = f"{size(sample.memory_free_bytes)} free"
    if used is not None and host.hardware is not None:
        memory = f"{used:.0f} % of {round_size(host.hardware.total_memory_bytes)}, {memory}"
    facts = [
        Fact("Memory used", memory, used, used is not None and used >= LIMITS.memory_warning),
        Fact(
            "CPU busy",
            f"{100 - sample.cpu_idle:.0f} %, {sample.cpu_kernel:.0f} % in the kernel",
            100 - sample.cpu_idle,
        ),
    ]
    if sample.load is not None:
        of = "" if host.hardware is None else f" on {host.hardware.cpu_number:,} CPUs"
        facts.append(Fact("Load", f"{sample.load:.2f}{of}"))
    facts += [_disk(disk) for disk in host.disks]
    facts.append(Fact("Disk operations", f"{sample.disk_io:,}"))
    if sample.network_received is not None and sample.network_sent is not None:
        received, sent = size(sample.network_received), size(sample.network_sent)
        facts.append(Fact("Network", f"{received}/s received, {sent}/s sent"))
    for gpu in host.gpus:
        facts.append(
            Fact(f"GPU {gpu.number}", _gpu(gpu.busy, gpu.memory_used_bytes, gpu.memory_total_bytes), gpu.busy)
        )
    return facts


def _disk(disk: Disk) -> Fact:
    name = f"Disk {disk.mount}".strip()
    if disk.available_bytes is None:
        return Fact(name, "does not answer")
    left, used = f"{size(disk.available_bytes)} left", disk_used_percent(disk)
    if used is None:
        return Fact(name, left)
    words = f"{math.floor(used)} % of {size(disk.size_bytes)}, {left}"
    return Fact(name, words, used, used >= LIMITS.disk_warning)


def _gpu(busy: float | None, used: int | None, total: int | None) -> str:
    words = ["busy not told" if busy is None else f"{busy:.0f} %"]
    if used is not None:
        words.append(f"{size(used)} of {round_size(total)}" if total else f"{size(used)} used")
    return ", ".join(words)
