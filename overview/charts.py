"""Plotly figures as plain dictionaries. Pure: bubbles in, figure out; colours and fonts are the theme's."""

import html
import math
from collections.abc import Sequence
from typing import Any, Literal

from overview.bubbles import Bubble, Crowd, bubbles, crowded
from overview.storage_table import StorageTable
from web_shared.chart_theme import DARK, LIGHT, ChartTheme, axis, base_layout

Scale = Literal["linear", "log"]
SCALES: tuple[Scale, ...] = ("linear", "log")

Figure = dict[str, Any]

# Diameter of the largest bubble and of the smallest, in pixels.
_LARGEST_BUBBLE = 52
_SMALLEST_BUBBLE = 5
# Plotly leaves out what has no size at all; this draws the smallest bubble.
_NOTHING = 1e-9
# About as wide as the cells that are drawn together, so that crowds lie side by side.
_LARGEST_CROWD = 13
# On a logarithmic axis zero has no place: it gets a strip of its own, this many decades below the rest.
_ZERO_STRIP = 0.75


def bubble_figure(table: StorageTable, volume: str, scale: Scale) -> Figure:
    """`volume`'s bubble plot: x = GiB there, y = files there, area = GiB on the other volumes together.

    Traces tell by `meta` what they are. customdata of "users" is the user's name; of "crowds" (there only
    when needed) [users, least GiB, most GiB, least files, most files].
    """
    everybody = bubbles(table, volume)
    alone, crowds = crowded(everybody)
    x_axis = _Axis([bubble.x for bubble in everybody], f"GiB on {volume}", scale)
    y_axis = _Axis([bubble.y for bubble in everybody], f"Files on {volume}", scale)
    data = [_users_trace(alone, table, x_axis, y_axis)]
    if crowds:
        data.insert(0, _crowds_trace(crowds, volume, x_axis, y_axis))
    shapes = [*x_axis.strip_lines("x"), *y_axis.strip_lines("y")]
    return {
        "data": data,
        "layout": {
            "xaxis": x_axis.layout(),
            "yaxis": y_axis.layout(),
            "shapes": shapes,
            # Where the page's script puts a ring around a chosen user who has none of either.
            "meta": {"zero": [x_axis.place(0), y_axis.place(0)]},
        },
    }


def _users_trace(alone: Sequence[Bubble], table: StorageTable, x_axis: "_Axis", y_axis: "_Axis") -> Figure:
    # Large ones first, so that small ones lie on top and stay within reach of the mouse.
    alone = sorted(alone, key=lambda bubble: (-(bubble.size or 0), bubble.user))
    largest = max((bubble.size or 0 for bubble in alone), default=0) or 1
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": "users",
        "x": [x_axis.place(bubble.x) for bubble in alone],
        "y": [y_axis.place(bubble.y) for bubble in alone],
        "customdata": [bubble.user for bubble in alone],
        "text": [_all_numbers(bubble.user, table) for bubble in alone],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": [bubble.size or _NOTHING for bubble in alone],
            # Who holds nothing elsewhere has no area to show: a small hollow diamond.
            "symbol": ["circle" if bubble.size else "diamond-open" for bubble in alone],
            "sizemode": "area",
            "sizeref": 2 * largest / _LARGEST_BUBBLE**2,
            "sizemin": _SMALLEST_BUBBLE / 2,
        },
        "cliponaxis": False,
    }


def _crowds_trace(crowds: Sequence[Crowd], volume: str, x_axis: "_Axis", y_axis: "_Axis") -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": "crowds",
        "x": [x_axis.place(crowd.x) for crowd in crowds],
        "y": [y_axis.place(crowd.y) for crowd in crowds],
        "customdata": [[crowd.count, *crowd.x_range, *crowd.y_range] for crowd in crowds],
        "hovertemplate": "%{customdata[0]:,} users close together<br>"
        f"{html.escape(volume)}: %{{customdata[1]:,}} to %{{customdata[2]:,}} GiB, "
        "%{customdata[3]:,} to %{customdata[4]:,} files<br>Click to list them<extra></extra>",
        "marker": {
            "size": [round(min(_LARGEST_CROWD, 4 + 1.3 * math.log2(crowd.count)), 1) for crowd in crowds],
        },
        "cliponaxis": False,
    }


def _all_numbers(user: str, table: StorageTable) -> str:
    """What shows under the mouse. Plotly reads a little HTML in texts, so names are escaped. No <b>: Plotly
    would make a style attribute of it, which the content security policy forbids."""
    row = table.row(user)
    lines = [html.escape(user)]
    for volume in table.volumes:
        here = row.volumes.get(volume) if row is not None else None
        numbers = "no data" if here is None else f"{here.gb:,} GiB, {here.files:,} files"
        lines.append(f"{html.escape(volume)}: {numbers}")
    return "<br>".join(lines)


class _Axis:
    """Where amounts lie on one axis."""

    def __init__(self, amounts: Sequence[float], title: str, scale: Scale) -> None:
        positive = [amount for amount in amounts if amount > 0]
        self._title = title
        self._log = scale == "log"
        self._lowest = math.floor(math.log10(min(positive, default=1)))
        self._highest = math.log10(max(positive, default=10))
        self._has_zero = len(positive) < len(amounts)

    def place(self, amount: float) -> float:
        if self._log and amount <= 0:
            return float(10 ** (self._lowest - _ZERO_STRIP))
        return amount

    def layout(self) -> Figure:
        if not self._log:
            largest = 10**self._highest
            return {
                "title": {"text": html.escape(self._title)},
                "type": "linear",
                "tickformat": "~s",
                # Room on both sides for bubbles at the ends, zero among them.
                "range": [-0.07 * largest, 1.07 * largest],
            }
        decades = range(self._lowest, math.ceil(self._highest) + 1)
        ticks, texts = [10.0**decade for decade in decades], [_decade_text(decade) for decade in decades]
        if self._has_zero:
            ticks, texts = [self.place(0), *ticks], ["0", *texts]
        bottom, top = math.log10(ticks[0]), max(self._highest, self._lowest + 1)
        room = 0.15 + 0.05 * (top - bottom)  # for the halves of bubbles that lie at the ends
        return {
            "title": {"text": html.escape(self._title)},
            "type": "log",
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": texts,
            "range": [round(bottom - room, 3), round(top + room, 3)],
        }

    def strip_lines(self, letter: Literal["x", "y"]) -> list[Figure]:
        """The border between the strip of zeros and the scale."""
        if not (self._log and self._has_zero):
            return []
        border = 10 ** (self._lowest - _ZERO_STRIP / 2)
        across = "y" if letter == "x" else "x"
        return [
            {
                "type": "line",
                "layer": "below",
                f"{letter}0": border,
                f"{letter}1": border,
                f"{across}ref": "paper",
                f"{across}0": 0,
                f"{across}1": 1,
                "line": {"width": 1, "dash": "dot"},
            }
        ]


def _decade_text(decade: int) -> str:
    for power, letter in ((12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if decade >= power:
            return f"{10 ** (decade - power):,}{letter}"
    return f"{10**decade:,}" if decade >= 0 else f"{10.0**decade:g}"


def plot_themes(volumes: Sequence[str]) -> Figure:
    """What the page's script lays over every figure, for light and dark."""
    return {theme.name: _plot_theme(theme, volumes) for theme in (LIGHT, DARK)}


def _plot_theme(theme: ChartTheme, volumes: Sequence[str]) -> Figure:
    return {
        "layout": base_layout(theme),
        "axis": axis(theme),
        "volumes": {
            volume: {"colour": theme.style_of(place).colour, "dash": theme.style_of(place).dash}
            for place, volume in enumerate(volumes)
        },
        "series": [
            {"colour": style.colour, "dash": style.dash, "symbol": style.symbol} for style in theme.series
        ],
        "sequence": list(theme.sequence),
        "reference": theme.reference,
        "ink": theme.ink,
        "soft": theme.ink_soft,
        "surface": theme.surface,
        "crowd": theme.ink_soft,
        "ring": theme.ink,
        "line": theme.line,
    }
