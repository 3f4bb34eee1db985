"""How a volume fills: all users together, day by day, with the words of the storage page."""

from typing import TYPE_CHECKING

from overview.pictures.amounts import change_words, count_words, size_unit, size_words
from overview.pictures.brush import Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from overview.storage_growth import FORECAST_DAYS, VolumeGrowth, growth_of_volumes
from usage_store.storage_days import volume_days
from usermon.growth import DAY
from usermon.units import bytes_from_gb

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

_SHOWN_DAYS = 365
_FEWEST_POINTS = 2
# So far above all that is drawn, the capacity is in sight.
_NEAR = 1.25


def growth_sheet(source: Source, volume: str) -> Sheet:
    known = source.read(volume_days).get(volume)
    # Reports may be of a week long past.
    until = None if known is None else known.until(source.now)
    growth = None
    if until is not None:
        growth = growth_of_volumes({volume: until}, source.now, source.capacities)[volume]
    title = f"Storage on {volume} over time"
    if growth is None or len(growth.days.time) < _FEWEST_POINTS:
        return Sheet(title, f"Too little is known of {volume} yet to draw its growth.", None, None)
    held = size_words(growth.days.used_bytes[-1])
    changes = "; ".join(
        f"{change_words(bytes_from_gb(change.gb))} within a {change.period}" for change in growth.changes
    )
    of = "" if growth.fullness is None else f", {growth.fullness.percent} % of its capacity"
    words = (
        f"All users together hold {held} on {volume}{of}{': ' + changes if changes else ''}. {growth.words}"
    )
    return Sheet(title, words.strip(), growth.days.time[-1], painting_of(growth))


def painting_of(growth: VolumeGrowth) -> Paint:
    days = growth.days
    first = next(place for place, at in enumerate(days.time) if at >= days.time[-1] - _SHOWN_DAYS * DAY)
    times, used, files = days.time[first:], days.used_bytes[first:], days.files[first:]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        theme = brush.theme
        blue, orange, dotted = theme.series[:3]
        unit, name = size_unit(max(used))
        axes = brush.axes(canvas)
        moments = brush.moments(times)
        held = [amount / unit for amount in used]
        axes.fill_between(moments, held, color=blue.colour, alpha=0.12, linewidth=0)
        axes.plot(moments, held, color=blue.colour, linewidth=2, label=f"{name} held (left)")
        if growth.forecast is not None:
            # No farther ahead than a third of what is shown of the past: the plot is about that.
            share = min(1.0, (times[-1] - times[0]) / 3 / (FORECAST_DAYS * DAY))
            then = held[-1] + share * (bytes_from_gb(growth.forecast) / unit - held[-1])
            axes.plot(
                brush.moments([times[-1], times[-1] + share * FORECAST_DAYS * DAY]),
                [held[-1], then],
                color=blue.colour,
                linestyle=brush.dash(dotted),
                linewidth=1.6,
                label="as it goes on at present",
            )
        full = growth.fullness
        if full is not None and full.capacity_bytes / unit <= _NEAR * axes.get_ylim()[1]:
            axes.axhline(
                full.capacity_bytes / unit,
                color=theme.reference,
                linewidth=1.4,
                linestyle=brush.dash(theme.series[1]),
                label=f"capacity: {size_words(full.capacity_bytes)}",
            )
        axes.set_ylim(bottom=0)
        axes.set_ylabel(name, size=9, color=theme.ink)
        beside = axes.twinx()
        beside.plot(
            moments,
            files,
            color=orange.colour,
            linestyle=brush.dash(orange),
            linewidth=1.4,
            label="files (right)",
        )
        beside.set_ylim(bottom=0)
        for side in ("top", "left", "bottom", "right"):
            beside.spines[side].set_visible(False)
        beside.tick_params(colors=theme.ink_soft, labelsize=8, length=0)
        beside.yaxis.set_major_formatter(lambda count, _: count_words(count))
        brush.time_axis(axes)
        lines = [*axes.get_lines(), *beside.get_lines()]
        brush.legend(axes, columns=len(lines), handles=lines)

    return paint
