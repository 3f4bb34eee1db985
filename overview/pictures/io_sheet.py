"""I/O operations over the last month, day by day, and whose they were."""

from typing import TYPE_CHECKING

from overview.pictures.amounts import count_words
from overview.pictures.brush import HATCHES, Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from usage_store.io_ranges import IoRange, io_range
from usage_store.io_series import ByStep, Groups, entries_by_step, groups_through_time
from usage_store.retention import DAY_SECONDS

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

_TITLE = "I/O operations"
_SECONDS = {"hour": 3600, "day": DAY_SECONDS, "week": 7 * DAY_SECONDS}


def io_sheet(source: Source) -> Sheet:
    with source.store.reading() as connection:
        span = io_range(connection, "30d")
        if span is None:
            return Sheet(_TITLE, "No I/O log was read yet.", None, None)
        logged = entries_by_step(connection, span)
        groups = groups_through_time(connection, "user", span, logged)
    all_ = sum(logged.values())
    most = ", ".join(f"{group.name} {100 * group.total / all_:.2g} %" for group in groups.shown[:3] if all_)
    words = f"{count_words(all_)} operations within 30 days{'; most: ' + most if most else ''}."
    return Sheet(f"{_TITLE} of the last 30 days", words, span.newest, _painting(span, logged, groups))


def _painting(span: IoRange, logged: ByStep, groups: Groups) -> Paint:
    steps = span.steps()
    width = _SECONDS[span.step]
    # Days and weeks count by the clock on the wall, hours by UTC.
    times = steps if span.step == "hour" else [step * DAY_SECONDS for step in steps]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        theme = brush.theme
        axes = brush.axes(canvas)
        # A step that no log tells of is a gap, told by a mark below the axis.
        unknown = [at for at, step in zip(times, steps, strict=True) if step not in logged]
        below = [0.0] * len(steps)
        looks = [
            (group, theme.series[place % len(theme.series)].colour, HATCHES[place % len(HATCHES)], group.name)
            for place, group in enumerate(groups.shown[:6])
        ]
        rest = [float(logged.get(step, 0)) for step in steps]
        middles = brush.moments(at + width / 2 for at in times)
        for group, colour, hatch, name in looks:
            values = [float(value or 0) for value in group.values]
            axes.bar(
                middles,
                values,
                width=0.85 * width / DAY_SECONDS,
                bottom=below,
                color=colour,
                hatch=hatch,
                edgecolor=theme.surface,
                linewidth=0,
                label=name,
            )
            below = [sum(pair) for pair in zip(below, values, strict=True)]
        rest = [max(0.0, all_ - named) for all_, named in zip(rest, below, strict=True)]
        if any(rest):
            axes.bar(
                middles,
                rest,
                width=0.85 * width / DAY_SECONDS,
                bottom=below,
                color=theme.line,
                label="all others",
            )
        if unknown:
            axes.plot(
                brush.moments(at + width / 2 for at in unknown),
                [0] * len(unknown),
                marker="x",
                markersize=4,
                linestyle="none",
                color=theme.ink_soft,
                label="no log",
                clip_on=False,
            )
        axes.yaxis.set_major_formatter(lambda amount, _: count_words(amount))
        axes.set_ylim(bottom=0)
        brush.time_axis(axes)
        brush.caption(axes, f"Operations a {span.step}, by user")
        brush.legend(axes, columns=8)

    return paint
