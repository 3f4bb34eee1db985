"""A cluster: who holds its processors now, and held them over the last week."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overview.pictures.amounts import counted
from overview.pictures.brush import HATCHES, Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from overview.queue_history import RANGES, history_columns
from usage_store.queues import find_cluster, history_since, sums_per_user

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

_USERS_NOW = 8
_USERS_THEN = 6
_RANGE = RANGES["7d"]


def queue_sheet(source: Source, name: str) -> Sheet:
    title = f"Processors of {name}"
    with source.store.reading() as connection:
        cluster = find_cluster(connection, name)
        if cluster is None or cluster.time is None:
            return Sheet(title, f"Nothing is known of {name} but jobs that ended.", None, None)
        per_user: Mapping[str, int] = sums_per_user(connection, cluster).get("procs_per_user_running", {})
        rows = history_since(connection, cluster, cluster.time - _RANGE.hours * 3600, _RANGE.points)
    totals = cluster.totals
    procs, free = totals.get("procs", 0), totals.get("procs_free_not_counting_used_slots", 0)
    ranked = sorted(per_user.items(), key=lambda item: (-item[1], item[0]))
    jobs = totals.get("jobs", 0)
    most = ", ".join(f"{user} {count:,}" for user, count in ranked[:3])
    words = (
        f"Of {procs:,} processors of {name} {sum(per_user.values()):,} work for "
        f"{counted(len(ranked), 'user')} and {free:,} are free; {counted(jobs, 'job')} in the queues."
        + (f" Most: {most}." if most else "")
    )
    return Sheet(title, words, cluster.time, _painting(ranked, free, procs, rows))


def _painting(
    ranked: Sequence[tuple[str, int]], free: int, procs: int, rows: Sequence[Mapping[str, Any]]
) -> Paint:
    history = history_columns(rows, "procs", _USERS_THEN)
    # One look for a user in both halves, those of the history first.
    order = [line["name"] for line in history["lines"]]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        left, right = canvas.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
        for part in (left, right):
            part.set_facecolor("none")
        _paint_now(brush.axes(left), brush, ranked, free, order)
        _paint_then(brush.axes(right), brush, history, procs)

    return paint


def _paint_now(
    axes: "Axes", brush: Brush, ranked: Sequence[tuple[str, int]], free: int, order: Sequence[str]
) -> None:
    theme = brush.theme
    shown = list(ranked[:_USERS_NOW])
    others = ranked[_USERS_NOW:]
    bars = [(user, count, *_look(brush, order, user)) for user, count in shown]
    if others:
        bars.append(
            (counted(len(others), "other"), sum(count for _, count in others), theme.ink_soft, "....")
        )
    bars.append(("free", free, theme.grid, ""))
    for row, (_, count, colour, hatch) in enumerate(bars):
        edge = theme.line if colour == theme.grid else theme.surface
        axes.barh(row, count, height=0.68, color=colour, hatch=hatch, edgecolor=edge, linewidth=0.6)
        brush.tell(axes, f"{count:,}", count, row)
    brush.rows(axes, [name for name, *_ in bars])
    axes.set_ylim(max(len(bars), 6) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, 1.2 * max((count for _, count, *_ in bars), default=1) or 1)
    brush.caption(axes, "Processors per user now")


def _paint_then(axes: "Axes", brush: Brush, history: Mapping[str, Any], procs: int) -> None:
    theme = brush.theme
    if len(history["time"]) < 2:
        brush.nothing(axes, "No history yet")
        return
    order = [line["name"] for line in history["lines"]]
    layers = [(line["name"], line["values"], *_look(brush, order, line["name"])) for line in history["lines"]]
    if history["others"] is not None:
        others = history["others"]
        layers.append((counted(others["users"], "other"), others["values"], theme.ink_soft, "...."))
    moments = brush.moments(history["time"])
    stacked = axes.stackplot(
        moments,
        *(values for _, values, _, _ in layers),
        colors=[colour for _, _, colour, _ in layers],
        labels=[name for name, *_ in layers],
        edgecolor=theme.surface,
        linewidth=0.4,
    )
    for area, (_, _, _, hatch) in zip(stacked, layers, strict=True):
        area.set_hatch(hatch)
    if history["whole"] is not None:
        axes.plot(
            moments, history["whole"], color=theme.reference, linewidth=1.4, linestyle="--", label="there are"
        )
    axes.set_ylim(0, 1.04 * max(procs, *(history["whole"] or [1])))
    axes.margins(x=0)
    brush.time_axis(axes)
    brush.caption(axes, "The last seven days")
    brush.legend(axes, columns=4)


def _look(brush: Brush, order: Sequence[str], user: str) -> tuple[str, str]:
    """Colour and pattern of a user."""
    if user not in order:
        return brush.theme.ink_soft, ""
    place = order.index(user)
    return brush.theme.series[place % len(brush.theme.series)].colour, HATCHES[place % len(HATCHES)]
