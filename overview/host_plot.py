"""What the plots of one host's page are drawn from. Pure but for the reading."""

import time
from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from usage_store.engine import StoreConnection
from usage_store.host_lines import (
    Gap,
    HostLines,
    Standing,
    Values,
    hardware_of,
    host_gaps,
    host_lines,
    samples_within,
)
from usage_store.host_status import HostLimits, in_words, silent_after
from usage_store.hosts import Span
from usage_store.hosts_now import HostNow

_GIB = 1024**3
_MIB = 1024**2
_DAY = 86_400
# A plot is some seven hundred pixels wide: what is more is thinned.
MOST_POINTS = 1500
SHOWN_GAPS = 200
# Less than this without a sample is no gap, whatever the rhythm; else two samples that are missing are one.
_LEAST_GAP = 120
_GAP_INTERVALS = 2


class Range(NamedTuple):
    """`step` are the seconds of one mean where there are more samples than points."""

    name: str
    words: str
    seconds: int
    step: int


RANGES = (
    Range("6h", "6 hours", 6 * 3600, 15),
    Range("24h", "24 hours", _DAY, 60),
    Range("7d", "7 days", 7 * _DAY, 600),
    Range("30d", "30 days", 30 * _DAY, 1800),
    Range("1y", "a year", 365 * _DAY, 6 * 3600),
)
USUAL_RANGE = "24h"


def range_named(name: str | None) -> Range | None:
    return next((one for one in RANGES if one.name == (name or USUAL_RANGE)), None)


def host_plot(
    connection: StoreConnection, host_id: int, host: HostNow, asked: Range, limits: HostLimits
) -> dict[str, Any]:
    """Columns by `times`; null where nothing is known, and once in each gap, so that lines break there.

    Memory, CPU and GPUs are percent, `*_peak` the worst of each step where it is thinned; disks and memory of
    GPUs GiB, network MiB a second. `gaps` are [from, to or null, words], the newest first.
    """
    span, is_past = _span(host, asked)
    step = 1 if samples_within(connection, host_id, span) <= MOST_POINTS else asked.step
    standing = hardware_of(connection, host_id)
    lines = host_lines(connection, host_id, span, step)
    gaps = host_gaps(connection, host_id, span, max(_LEAST_GAP, _GAP_INTERVALS * (host.interval or 0)))
    open_after = silent_after(host, limits)
    gaps = [gap for gap in gaps if gap.next is not None or span.end - gap.last > open_after]
    break_lines(lines, gaps)
    totals = [_total(standing, moment) for moment in lines.times]
    found = lines.lines
    peaks = {} if step == 1 else _peaks(found, totals)
    return {
        "range": asked.name,
        "start": span.start,
        "end": span.end,
        "is_past": is_past,
        "step": step,
        "cpus": standing[-1].hardware.cpu_number if standing else None,
        "times": lines.times,
        "memory": _used(found["memory_free"], totals),
        "cpu": _each(found["cpu_idle"], lambda idle: round(100 - idle, 1)),
        "kernel": _each(found["cpu_kernel"], lambda share: round(share, 1)),
        "load": _each(found["load"], lambda load: round(load, 2)),
        "io": _each(found["disk_io"], round),
        "received": _each(found["network_received"], lambda amount: round(amount / _MIB, 3)),
        "sent": _each(found["network_sent"], lambda amount: round(amount / _MIB, 3)),
        **peaks,
        "disks": _disks(lines),
        "gpus": [
            {
                "name": f"{number}: {lines.gpu_names.get(number, 'GPU')}",
                "busy": _each(busy, lambda share: round(share, 1)),
                "memory": _each(lines.gpu_memory[number], lambda amount: round(amount / _GIB, 2)),
            }
            for number, busy in sorted(lines.gpu_busy.items())
        ],
        "gaps": [[gap.last, gap.next, _gap_words(gap)] for gap in reversed(gaps[-SHOWN_GAPS:])],
        "gap_count": len(gaps),
    }


def _span(host: HostNow, asked: Range) -> tuple[Span, bool]:
    """Up to now; of a host that said nothing for all of that, up to its newest sample, and true."""
    now = int(time.time())
    end = now + 1
    if host.newest_time is not None and host.newest_time < now - asked.seconds:
        end = host.newest_time + 1
    return Span(end - asked.seconds, end), end <= now


def break_lines(lines: HostLines, gaps: Sequence[Gap]) -> None:
    """Put a moment without values into each gap that lies between two points."""
    times = lines.times
    breaks: list[int] = []
    for gap in gaps:
        if gap.next is not None and times and times[0] < gap.next and gap.last < times[-1]:
            insort(breaks, gap.last + (gap.next - gap.last) // 2)
    columns: list[Values] = [*lines.lines.values(), *lines.mounts.values(), *lines.gpu_busy.values()]
    columns += lines.gpu_memory.values()
    for moment in breaks:
        place = bisect_right(times, moment)
        if 0 < place < len(times):
            times.insert(place, moment)
            for column in columns:
                column.insert(place, None)


def _peaks(found: dict[str, Values], totals: Sequence[int | None]) -> dict[str, Any]:
    return {
        "memory_peak": _used(found["memory_free_least"], totals),
        "cpu_peak": _each(found["cpu_idle_least"], lambda idle: round(100 - idle, 1)),
        "load_peak": _each(found["load_most"], lambda load: round(load, 2)),
    }


def _disks(lines: HostLines) -> list[dict[str, Any]]:
    disks = lines.mounts or {"": lines.lines["disk_available"]}
    return [
        {"name": name, "left": _each(values, lambda amount: round(amount / _GIB, 2))}
        for name, values in sorted(disks.items())
    ]


def _total(standing: Sequence[Standing], moment: int) -> int | None:
    """The memory that was there then; before all that is known, the first known is the best guess."""
    if not standing:
        return None
    place = bisect_right(standing, moment, key=lambda one: one.since)
    return standing[max(0, place - 1)].hardware.total_memory_bytes


def _used(free: Values, totals: Sequence[int | None]) -> list[float | None]:
    return [
        None if amount is None or total is None else round(max(0.0, 100 * (1 - amount / total)), 1)
        for amount, total in zip(free, totals, strict=True)
    ]


def _each(values: Values, change: Callable[[float], float]) -> list[float | None]:
    return [None if value is None else change(value) for value in values]


def _gap_words(gap: Gap) -> str:
    return "still silent" if gap.next is None else in_words(gap.next - gap.last)
