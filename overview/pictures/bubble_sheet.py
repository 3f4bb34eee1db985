"""Who holds what on a volume, as bubbles: the figure of the storage page, drawn by other means."""

import math
from typing import TYPE_CHECKING, Any

from alerts.words import amount_held
from overview.charts import bubble_figure
from overview.pictures.amounts import counted, size_words
from overview.pictures.brush import Brush
from overview.pictures.bubble_names import Bubble, places
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
# How large the axes come out, with labels and ticks of usual width around them.
_WIDTH_POINTS, _HEIGHT_POINTS = 515.0, 212.0


def bubble_sheet(source: Source, volume: str) -> Sheet:
    table = source.snapshots.storage()
    total = table.totals[volume]
    held = sorted(
        ((here.gb, row.user) for row in table.rows if (here := row.volumes.get(volume))), reverse=True
    )
    most = ", ".join(f"{user} {amount_held(bytes_from_gb(gb))}" for gb, user in held[:3])
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
        _name_largest(axes, brush, figure)
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


def _name_largest(axes: "Axes", brush: Brush, figure: dict[str, Any]) -> None:
    """Names beside those who hold most here, as far as they find room."""
    bubbles, users = [], []
    for trace in figure["data"]:
        for number, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
            bubble = Bubble(*_points(figure, x, y), _drawn(trace, number) / 2)
            bubbles.append(bubble)
            if trace["meta"] != "crowds":
                users.append((x, y, bubble, brush.short(trace["customdata"][number])))
    largest = sorted(users, key=lambda one: -one[0])[:_NAMED]
    sizes = [(bubble, 72 * brush.width(name)) for _, _, bubble, name in largest]
    found = places(sizes, bubbles, _WIDTH_POINTS, _HEIGHT_POINTS)
    for (x, y, bubble, name), place in zip(largest, found, strict=True):
        if place is None:
            continue
        line = {"arrowstyle": "-", "color": brush.theme.ink_soft, "linewidth": 0.7}
        line |= {"shrinkA": 0, "shrinkB": bubble.radius, "zorder": 3.5}
        axes.annotate(
            name,
            (x, y),
            xytext=(place.right, place.up),
            textcoords="offset points",
            size=8,
            ha="center",
            va="center",
            color=brush.theme.ink,
            arrowprops=line if place.is_far else None,
            annotation_clip=False,
            zorder=4,
        )


def _points(figure: dict[str, Any], x: float, y: float) -> tuple[float, float]:
    """From the lower left corner of the axes."""
    (left, right), (low, high) = (figure["layout"][f"{letter}axis"]["range"] for letter in "xy")
    return (
        (math.log10(x) - left) / (right - left) * _WIDTH_POINTS,
        (math.log10(y) - low) / (high - low) * _HEIGHT_POINTS,
    )


def _drawn(trace: dict[str, Any], number: int) -> float:
    """How wide a bubble of `trace` is, in points."""
    size: float = trace["marker"]["size"][number]
    return size * _POINTS_PER_PIXEL if trace["meta"] == "crowds" else _diameter(size, trace["marker"])


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
