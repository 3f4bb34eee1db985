"""The hosts at a glance: whose memory is fullest, and what is wrong."""

from collections import Counter
from typing import TYPE_CHECKING

from alerts.host_limits import host_limits
from overview.pictures.amounts import counted
from overview.pictures.brush import Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from usage_store.host_status import LIMITS, HostTrouble, is_gone, memory_used_percent, troubles_of
from usage_store.hosts_now import HostNow, hosts_now

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

_SHOWN = 16
_TITLE = "Hosts"
# How wide "100 %" is, in percent of memory.
_TOLD = 13
_KINDS = {
    "silent": "silent",
    "late": "late",
    "memory": "memory nearly full",
    "disk": "disk nearly full",
    "cpu": "CPU overloaded",
    "clock": "clock ahead",
}


def host_sheet(source: Source) -> Sheet:
    limits = host_limits(source.rules)
    hosts = [host for host in source.read(hosts_now) if not is_gone(host, source.now, limits(host.name))]
    if not hosts:
        return Sheet(_TITLE, "No host gave a sample yet.", None, None)
    troubles = {
        host.name: found for host in hosts if (found := troubles_of(host, source.now, limits(host.name)))
    }
    kinds = Counter(trouble.kind for found in troubles.values() for trouble in found)
    wrong = ", ".join(f"{count:,} {_KINDS[kind]}" for kind, count in kinds.most_common())
    words = f"{len(hosts) - len(troubles):,} of {counted(len(hosts), 'host')} are well"
    worst = [
        f"{name}: {found[0].words}" for name, found in troubles.items() if found[0].severity == "serious"
    ]
    words += f"; {wrong}. {'; '.join(worst[:3])}{'.' if worst else ''}" if wrong else "."
    newest = max((host.newest_time for host in hosts if host.newest_time is not None), default=None)
    paint = _painting(hosts, troubles, dict(kinds.most_common()))
    return Sheet(_TITLE, words.strip(), newest, paint)


def _painting(hosts: list[HostNow], troubles: dict[str, list[HostTrouble]], kinds: dict[str, int]) -> Paint:
    silent = {name for name, found in troubles.items() if found[0].kind == "silent"}
    known = [
        (percent, host.name)
        for host in hosts
        if host.name not in silent and (percent := memory_used_percent(host)) is not None
    ]
    fullest = sorted(known, reverse=True)[:_SHOWN]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        left, right = canvas.subfigures(1, 2, squeeze=False, width_ratios=(3, 2))[0]
        for part in (left, right):
            part.set_facecolor("none")
        _paint_memory(brush.axes(left), brush, fullest, len(known))
        _paint_kinds(brush.axes(right), brush, kinds, len(hosts) - len(troubles))

    return paint


def _paint_memory(axes: "Axes", brush: Brush, fullest: list[tuple[float, str]], count: int) -> None:
    theme, limit = brush.theme, LIMITS.memory_warning
    if not fullest:
        brush.nothing(axes, "No host tells its memory now")
        return
    for row, (percent, _) in enumerate(fullest):
        is_full = percent >= limit
        axes.barh(
            row,
            percent,
            height=0.66,
            color=theme.series[1 if is_full else 0].colour,
            hatch="////" if is_full else "",
            edgecolor=theme.surface,
            linewidth=0,
        )
        # Beyond the line of the limit where it would lie across it.
        crosses = percent < limit < percent + _TOLD
        brush.tell(axes, f"{percent:.0f} %", limit if crosses else percent, row)
    axes.axvline(limit, color=theme.reference, linewidth=1.4, linestyle=brush.dash(theme.series[1]))
    brush.rows(axes, [name for _, name in fullest])
    axes.set_ylim(max(len(fullest), 5) - 0.5, -0.5)
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.grid(visible=False, axis="y")
    brush.caption(axes, f"Memory used{'' if count <= _SHOWN else f', the {_SHOWN} fullest of {count:,}'}")


def _paint_kinds(axes: "Axes", brush: Brush, kinds: dict[str, int], well: int) -> None:
    theme = brush.theme
    rows = [("well", well, theme.series[2].colour, "")]
    rows += [
        (_KINDS[kind], count, theme.series[1].colour, "xxxx" if kind == "silent" else "////")
        for kind, count in kinds.items()
    ]
    for row, (_, count, colour, hatch) in enumerate(rows):
        axes.barh(row, count, height=0.6, color=colour, hatch=hatch, edgecolor=theme.surface, linewidth=0)
        brush.tell(axes, f"{count:,}", count, row)
    brush.rows(axes, [name for name, *_ in rows])
    axes.set_ylim(max(len(rows), 6) - 0.5, -0.5)
    axes.set_xlim(0, 1.2 * max(count for _, count, *_ in rows) or 1)
    axes.grid(visible=False, axis="y")
    brush.caption(axes, "Well, and what is wrong")
