"""All hosts as the hosts page shows them: what is told of each, what of all together. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

from alerts.host_limits import LimitsOf
from overview.hardware_groups import HardwareGroup, hardware_groups, round_size
from overview.shown import number
from usage_store.host_status import (
    HostLimits,
    HostTrouble,
    disk_used_percent,
    fullest_disk,
    is_gone,
    is_silent,
    memory_used_percent,
    troubles_of,
)
from usage_store.hosts_now import HostNow

# The kinds of trouble that hosts can be looked for by.
KINDS = ("silent", "late", "memory", "disk", "cpu", "clock")
_SHORT = {"cpu": "CPU"}


class Tile(NamedTuple):
    """`state` is that of its worst trouble; "gone" when nobody waits for it any more."""

    host: HostNow
    state: str
    troubles: tuple[HostTrouble, ...]
    group: HardwareGroup | None


@dataclass(frozen=True, slots=True)
class GroupSum:
    """Hosts of one hardware. `memory_used` counts those that are not silent; None: there is none."""

    group: HardwareGroup
    hosts: int
    silent: int
    in_trouble: int
    memory_used: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """`tiles` by name. Memory is that of hosts that are not silent, as bytes."""

    tiles: tuple[Tile, ...]
    newest_time: int | None
    silent: int
    gone: int
    in_trouble: int
    kinds: dict[str, int]
    cpus: int
    gpus: int
    memory_used: int
    memory_total: int
    groups: tuple[GroupSum, ...]

    @property
    def is_old(self) -> bool:
        """Nobody says anything: it is rather the collection that is silent."""
        return bool(self.tiles) and self.silent == len(self.tiles)


def board(hosts: Sequence[HostNow], now: float, limits_of: LimitsOf) -> Board:
    """`limits_of` says of each host when it is in trouble."""
    groups = hardware_groups(host.hardware for host in hosts if host.hardware is not None)
    tiles = tuple(
        _tile(host, now, None if host.hardware is None else groups[host.hardware], limits_of(host.name))
        for host in hosts
    )
    talking = [tile.host for tile in tiles if not is_silent(tile.host, now, limits_of(tile.host.name))]
    known = [
        (host.hardware.total_memory_bytes, host.sample.memory_free_bytes)
        for host in talking
        if host.hardware is not None and host.sample is not None
    ]
    kinds: Counter[str] = Counter(
        kind for tile in tiles for kind in {trouble.kind for trouble in tile.troubles}
    )
    return Board(
        tiles=tiles,
        newest_time=max((host.newest_time for host in hosts if host.newest_time is not None), default=None),
        silent=kinds["silent"],
        gone=sum(tile.state == "gone" for tile in tiles),
        in_trouble=sum(bool(tile.troubles) for tile in tiles),
        kinds={kind: kinds[kind] for kind in KINDS},
        cpus=sum(host.hardware.cpu_number for host in hosts if host.hardware is not None),
        gpus=sum(len(host.gpus) for host in hosts),
        memory_used=sum(max(0, total - free) for total, free in known),
        memory_total=sum(total for total, _ in known),
        groups=_sums(tiles),
    )


def _tile(host: HostNow, now: float, group: HardwareGroup | None, limits: HostLimits) -> Tile:
    troubles = tuple(troubles_of(host, now, limits))
    state = "gone" if is_gone(host, now, limits) else troubles[0].severity if troubles else "ok"
    return Tile(host, state, troubles, group)


def _sums(tiles: Sequence[Tile]) -> tuple[GroupSum, ...]:
    """Those of many CPUs and much memory first."""
    members: dict[HardwareGroup, list[Tile]] = {}
    for tile in tiles:
        if tile.group is not None:
            members.setdefault(tile.group, []).append(tile)
    return tuple(
        _sum(group, members[group])
        for group in sorted(members, key=lambda one: (-one.cpu_number, -one.memory_bytes, one.cpu_model))
    )


def _sum(group: HardwareGroup, tiles: Sequence[Tile]) -> GroupSum:
    silent = [any(trouble.kind == "silent" for trouble in tile.troubles) for tile in tiles]
    used = [
        share
        for tile, is_quiet in zip(tiles, silent, strict=True)
        if not is_quiet and (share := memory_used_percent(tile.host)) is not None
    ]
    return GroupSum(
        group,
        len(tiles),
        sum(silent),
        sum(bool(tile.troubles) for tile in tiles),
        round(fmean(used), 1) if used else None,
    )


def columns(board: Board) -> dict[str, Any]:
    """For the page's script, by columns; units are percent, and MiB for what is left on disks and their size.

    `troubles` are [kind, severity, words] by the place of their host; of silent ones the script says the age.
    """
    numbers = {one.group: place for place, one in enumerate(board.groups)}
    tiles = board.tiles
    hosts = [tile.host for tile in tiles]
    disks = [fullest_disk(host) for host in hosts]
    return {
        "newest_time": board.newest_time,
        "summary": summary(board),
        "groups": [
            {
                "name": one.group.name,
                "hosts": one.hosts,
                "silent": one.silent,
                "in_trouble": one.in_trouble,
                "memory_used": one.memory_used,
            }
            for one in board.groups
        ],
        "columns": {
            "name": [host.name for host in hosts],
            "time": [host.newest_time for host in hosts],
            "state": [tile.state for tile in tiles],
            "group": [-1 if tile.group is None else numbers[tile.group] for tile in tiles],
            "memory": [_rounded(memory_used_percent(host)) for host in hosts],
            "cpu": [None if host.sample is None else round(100 - host.sample.cpu_idle, 1) for host in hosts],
            "load": [None if host.sample is None else host.sample.load for host in hosts],
            "mount": ["" if disk is None else disk.mount for disk in disks],
            "left": [
                None if disk is None or disk.available_bytes is None else disk.available_bytes >> 20
                for disk in disks
            ],
            "disk": [_floor(None if disk is None else disk_used_percent(disk)) for disk in disks],
            "size": [
                None if disk is None or disk.size_bytes is None else disk.size_bytes >> 20 for disk in disks
            ],
            "gpus": [len(host.gpus) for host in hosts],
            "gpu": [_gpu_busy(host) for host in hosts],
        },
        "troubles": {
            place: [[trouble.kind, trouble.severity, trouble.words] for trouble in tile.troubles]
            for place, tile in enumerate(tiles)
            if tile.troubles
        },
    }


def summary(board: Board) -> dict[str, Any]:
    """The numbers above the tiles."""
    return {
        "hosts": len(board.tiles),
        "silent": board.silent,
        "gone": board.gone,
        "in_trouble": board.in_trouble,
        "fine": len(board.tiles) - board.in_trouble,
        "kinds": board.kinds,
        "kinds_words": _kinds_in_words(board.kinds),
        "memory_percent": round(100 * board.memory_used / board.memory_total) if board.memory_total else None,
        "memory_used": round_size(board.memory_used),
        "memory_total": round_size(board.memory_total),
        "is_old": board.is_old,
    }


def _kinds_in_words(kinds: Mapping[str, int]) -> str:
    there = (f"{number(count)} {_SHORT.get(kind, kind)}" for kind, count in kinds.items() if count)
    return ", ".join(there) or "neither silent nor short of anything"


def _gpu_busy(host: HostNow) -> float | None:
    known = [gpu.busy for gpu in host.gpus if gpu.busy is not None]
    return round(fmean(known), 1) if known else None


def _floor(share: float | None) -> int | None:
    return None if share is None else math.floor(share)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 1)
