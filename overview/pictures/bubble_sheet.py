"""Who holds what on a volume, as bubbles: the figure of the storage page, drawn by other means."""

import math
from typing import TYPE_CHECKING, Any

from overview.charts import bubble_figure
from overview.pictures.amounts import counted, size_words
from overview.pictures.brush import Brush
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from overview.storage_table import StorageTable
from usermon.units import bytes_from_gb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

# The page's plots are 640 pixels wide, a picture's 500 points.
_POINTS_PER_PIXEL = 0.72
_NAMED = 10
_LETTER_POINTS = 4.6


def bubble_sheet(source: Source, volume: str) -> Sheet:
    table = source.snapshots.storage()
    total = table.totals[volume]
    held = sorted(
        ((here.gb, row.user) for row in table.rows if (here := row.volumes.get(volume))), reverse=True
    )
    most = ", ".join(f"{user} {size_words(bytes_from_gb(gb))}" for gb, user in held[:3])
    words = (
        f"{counted(total.users, 'user')} hold {size_words(bytes_from_gb(total.gb))} in {total.files:,} files "
        f"on {volume}; most: {most}."
    )
    return Sheet(f"Who holds what on {volume}", words, total.newest_time, _painting(table, volume))


def _painting(table: StorageTable, volume: str) -> Paint:
    figure = bubble_figure(table, volume, "log")
    others = [other for other in table.volumes if other != volume]

    def paint(canvas: "SubFigure", brush: Brush) -> None:
        axes = brush.axes(canvas)
        for trace in figure["data"]:
            if trace["meta"] == "crowds":
                _paint_crowds(axes, brush, trace)
            else:
                _paint_users(axes, brush, trace)
        for letter, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            layout = figure["layout"][f"{letter}axis"]
            getattr(axes, f"set_{letter}scale")("log")
            axis.set_ticks(layout["tickvals"], layout["ticktext"])
            axis.set_ticks([], minor=True)
            getattr(axes, f"set_{letter}lim")(*(10**end for end in layout["range"]))
        for shape in figure["layout"]["shapes"]:
            line = axes.axvline if "x0" in shape and shape["x0"] == shape["x1"] else axes.axhline
            at = shape["x0"] if line is axes.axvline else shape["y0"]
            line(at, color=brush.theme.line, linestyle=":", linewidth=1)
        axes.set_xlabel(f"GiB on {volume}", size=9, color=brush.theme.ink)
        axes.set_ylabel(f"Files on {volume}", size=9, color=brush.theme.ink)
        if others:
            brush.caption(axes, f"Area of a bubble: GiB on {' + '.join(others)}; ◇ none there")

    return paint


def _paint_users(axes: "Axes", brush: Brush, trace: dict[str, Any]) -> None:
    marker = trace["marker"]
    style = brush.theme.series[0]
    places = list(
        zip(trace["x"], trace["y"], marker["size"], marker["symbol"], trace["customdata"], strict=True)
    )
    for symbol, sign, filled in (("circle", "o", True), ("diamond-open", "D", False)):
        chosen = [place for place in places if place[3] == symbol]
        if not chosen:
            continue
        diameters = [_diameter(size, marker) for _, _, size, _, _ in chosen]
        axes.scatter(
            [place[0] for place in chosen],
            [place[1] for place in chosen],
            s=[diameter**2 for diameter in diameters],
            marker=sign,
            facecolors=style.colour if filled else "none",
            edgecolors=brush.theme.surface if filled else style.colour,
            linewidths=0.7,
            alpha=0.75 if filled else 1,
            clip_on=False,
            zorder=3,
        )
    _name_largest(axes, brush, places, marker)


def _name_largest(axes: "Axes", brush: Brush, places: list[Any], marker: dict[str, Any]) -> None:
    """Names beside those who hold most here, as far as they find room."""
    taken: list[tuple[float, float, float]] = []
    for x, y, size, _, user in sorted(places, key=lambda place: -place[0])[:_NAMED]:
        row, width = math.log10(y) * 100, _LETTER_POINTS * len(user)
        # Half a decade is some 40 points on either axis.
        left = math.log10(x) * 80
        if any(abs(row - other) < 16 and left < end and start < left + width for other, start, end in taken):
            continue
        taken.append((row, left, left + width))
        axes.annotate(
            user,
            (x, y),
            xytext=(_diameter(size, marker) / 2 + 2, 0),
            textcoords="offset points",
            size=8,
            va="center",
            color=brush.theme.ink,
            annotation_clip=False,
            zorder=4,
        )


def _diameter(size: float, marker: dict[str, Any]) -> float:
    """In points; Plotly's own formula for areas."""
    pixels: float = max(2 * marker["sizemin"], math.sqrt(2 * size / marker["sizeref"]))
    return pixels * _POINTS_PER_PIXEL


def _paint_crowds(axes: "Axes", brush: Brush, trace: dict[str, Any]) -> None:
    axes.scatter(
        trace["x"],
        trace["y"],
        s=[(size * _POINTS_PER_PIXEL) ** 2 for size in trace["marker"]["size"]],
        facecolors="none",
        edgecolors=brush.theme.ink_soft,
        linewidths=0.9,
        zorder=2,
        label="many users close together",
    )
