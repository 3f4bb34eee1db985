"""Backups: a row for each node, a square for each day of two weeks, and how it stands in words."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from overview.pictures.amounts import counted
from overview.pictures.brush import Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from usage_store.backup_status import ALARM, OK, WARN, NodeStatus, judge_node
from usage_store.recent_backups import recent_backups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

_TITLE = "Backups of the last two weeks"
_DAYS = 14
_SHOWN = 18
_FEWEST_ROWS = 3
_RANK = {ALARM: 0, WARN: 1, OK: 2}
_LOOKS = {OK: (2, "✓"), WARN: (5, "!"), ALARM: (1, "✗")}
_LONGEST_REASON = 46


def backup_sheet(source: Source) -> Sheet:
    backups = source.read(lambda connection: recent_backups(connection, source.now))
    if not backups:
        return Sheet(_TITLE, "No backups are listed yet.", None, None)
    nodes = [judge_node(one, source.now) for one in backups]
    nodes.sort(key=lambda node: (_RANK[node.status], node.backups.hub, node.backups.node))
    wrong = [node for node in nodes if node.status != OK]
    words = f"{len(nodes) - len(wrong):,} of {counted(len(nodes), 'node')} have good backups"
    told = "; ".join(f"{_name(node)}: {node.reasons[0]}" for node in wrong[:3] if node.reasons)
    newest = max((node.newest for node in nodes if node.newest is not None), default=None)
    words = f"{words}{': ' if told else ''}{told}."
    height = 1.7 + 0.24 * max(min(len(nodes), _SHOWN), _FEWEST_ROWS)
    return Sheet(_TITLE, words, newest, _painting(nodes, source.now), height)


def _painting(nodes: list[NodeStatus], now: int) -> Paint:
    today = datetime.fromtimestamp(now, UTC).date()
    days = [today - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        shown = nodes[:_SHOWN]
        rows = max(len(shown), _FEWEST_ROWS)
        axes = brush.axes(canvas)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.grid(visible=False)
        for row, node in enumerate(shown):
            _paint_row(axes, brush, row, node, days)
        brush.rows(axes, [_name(node) for node in shown])
        axes.set_xticks(range(_DAYS), [f"{day:%d}" for day in days])
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_xlim(-0.6, _DAYS + 8.5)
        axes.tick_params(length=0)
        more = len(nodes) - len(shown)
        caption = "A square: backups came on that day; a cross: none did"
        brush.caption(axes, caption + (f". {counted(more, 'more node')} below these" if more else ""))

    return paint


def _paint_row(axes: "Axes", brush: Brush, row: int, node: NodeStatus, days: list[date]) -> None:
    theme = brush.theme
    came = [place for place, day in enumerate(days) if node.daily_counts.get(day)]
    none = [place for place in range(len(days)) if place not in came]
    axes.scatter(came, [row] * len(came), marker="s", s=62, color=theme.series[0].colour, linewidths=0)
    axes.scatter(none, [row] * len(none), marker="x", s=22, color=theme.ink_soft, linewidths=1)
    colour, sign = _LOOKS[node.status]
    reason = node.reasons[0] if node.reasons else "well"
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[: _LONGEST_REASON - 1]}…"
    at = len(days) - 0.2
    axes.text(
        at, row, sign, size=9, weight="bold", color=theme.series[colour].colour, va="center", ha="center"
    )
    axes.text(at + 0.35, row, reason, size=7.5, color=theme.ink, va="center")


def _name(node: NodeStatus) -> str:
    return f"{node.backups.hub} / {node.backups.node}"
