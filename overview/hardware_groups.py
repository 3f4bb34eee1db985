"""Hosts that are alike: the same number and model of CPUs, and as much memory. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from overview.shown import size
from usage_store.hosts_now import Hardware

# A kernel's own share of the memory changes with its version; less than a percent is no other machine.
_ALIKE_WITHIN = 1.01
_NOISE = re.compile(r"\((?:R|TM)\)|\bCPU\b|\bProcessor\b|\b\d+-Core\b|\bversion\b|@.*$", re.IGNORECASE)


class HardwareGroup(NamedTuple):
    """`memory_bytes` is the most that one of them has."""

    cpu_number: int
    cpu_architecture: str
    cpu_model: str
    memory_bytes: int

    @property
    def name(self) -> str:
        """For people and for addresses: it stays the same while the hardware does."""
        return f"{self.cpu_number} × {short_model(self.cpu_model)}, {round_size(self.memory_bytes)}"


def hardware_groups(hardware: Iterable[Hardware]) -> dict[Hardware, HardwareGroup]:
    """Each with the group that it belongs to."""
    kinds: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for one in hardware:
        kinds[one[:3]].add(one.total_memory_bytes)
    found: dict[Hardware, HardwareGroup] = {}
    for kind, memories in kinds.items():
        alike: list[int] = []
        for memory in [*sorted(memories), None]:
            if alike and (memory is None or memory > alike[0] * _ALIKE_WITHIN):
                group = HardwareGroup(*kind, alike[-1])
                found |= {Hardware(*kind, one): group for one in alike}
                alike = []
            if memory is not None:
                alike.append(memory)
    return found


def short_model(model: str) -> str:
    """Without what every model's name has: "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz" is a Xeon Gold 6130."""
    short = " ".join(_NOISE.sub(" ", model).split())
    return short.removeprefix("Intel ").removeprefix("AMD ") or model


def round_size(amount: int) -> str:
    """Of memory as people buy it: whole GiB where there are some."""
    gib = amount / (1 << 30)
    for unit, name in ((1 << 20, "PiB"), (1 << 10, "TiB"), (1, "GiB")):
        if gib >= 0.975 * unit:
            rounded = gib / unit
            if rounded >= (9.95 if unit == 1 else 99.5):
                return f"{rounded:,.0f} {name}"
            return f"{rounded:.{2 if unit == 1 else 3}g} {name}"
    return size(amount)


def change_in_words(before: Hardware, after: Hardware) -> str:
    parts = []
    if before.total_memory_bytes != after.total_memory_bytes:
        parts.append(
            f"memory {round_size(before.total_memory_bytes)} → {round_size(after.total_memory_bytes)}"
        )
    if before.cpu_number != after.cpu_number:
        parts.append(f"CPUs {before.cpu_number} → {after.cpu_number}")
    if before.cpu_model != after.cpu_model:
        parts.append(f"model {short_model(before.cpu_model)} → {short_model(after.cpu_model)}")
    if before.cpu_architecture != after.cpu_architecture:
        parts.append(f"architecture {before.cpu_architecture} → {after.cpu_architecture}")
    return ", ".join(parts) or "clock or cache"
