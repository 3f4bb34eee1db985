"""Lines across a plot: the facility's reference, and what a quota allows. Pure, from levels to shapes."""

import math
from dataclasses import dataclass
from typing import Any

from user_dashboard.wording import number
from usermon.quotas import Limits
from web_shared.chart_theme import ChartTheme

# A level shows by itself when the data comes within this factor; farther off it only squashes the lines.
NEAR_REFERENCE = 2
NEAR_QUOTA = 4
# A level beyond the next one is worth its place within this factor of it.
_NOT_FAR_BEYOND = 2


@dataclass(frozen=True, slots=True)
class Level:
    """One line across the plot on the axis of `side` (0 left, 1 right), and what is written at it."""

    value: float | int
    words: str
    colour: str
    dash: str
    side: int
    is_above: bool  # the words stand above their line


def reference_level(value: float | int, unit: str, theme: ChartTheme) -> Level:
    words = f"reference {number(value)} {unit}"
    return Level(value, words, theme.reference, "longdashdot", side=0, is_above=True)


def quota_levels(volume: str, limits: Limits, unit: str, colour: str, side: int) -> list[Level]:
    """The hard limit's words above it, the soft one's below, so that close ones do not hide each other."""
    return [
        Level(
            limit,
            f"{volume} {limits.name_of(limit)} {number(limit)} {unit}",
            colour,
            "longdash" if limit == limits.last else "dot",
            side,
            is_above=limit == limits.last,
        )
        for limit in limits.known
    ]


def within_view(levels: list[Level], most: float) -> list[Level]:
    """Those for which the axis should have room when the data goes up to `most`: all below it, the next one
    above it, and what is not much farther than that."""
    above = sorted(level.value for level in levels if level.value > most)
    end = above[0] * _NOT_FAR_BEYOND if above else most
    return [level for level in levels if level.value <= end]


def is_near_quota(limits: Limits, values: list[Any]) -> bool:
    """Whether the quota is worth its place without being asked for."""
    return any(
        min(values) <= limit * NEAR_QUOTA and max(values) >= limit / NEAR_QUOTA for limit in limits.known
    )


def draw_levels(layout: dict[str, Any], levels: list[Level], theme: ChartTheme, is_log: bool) -> None:
    """Adds the lines, and their words on the side of their axis."""
    for level in levels:
        axis = "y2" if level.side else "y"
        layout["shapes"].append(
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "yref": axis,
                "y0": level.value,
                "y1": level.value,
                "line": {"color": level.colour, "width": 1.5, "dash": level.dash},
            }
        )
        height = math.log10(level.value) if is_log and level.value > 0 else level.value
        layout["annotations"].append(
            _words(level.words, theme, level)
            | {"yref": axis, "y": height, "yanchor": "bottom" if level.is_above else "top"}
        )


def hint_at_level(layout: dict[str, Any], level: Level, theme: ChartTheme) -> None:
    """Says at the upper edge that there is a line beyond it."""
    layout["annotations"].append(
        _words(f"↑ {level.words}", theme, level) | {"yref": "paper", "y": 1, "yanchor": "top"}
    )


def _words(text: str, theme: ChartTheme, level: Level) -> dict[str, Any]:
    return {
        "text": text,
        "xref": "paper",
        "x": 1 if level.side else 0,
        "xanchor": "right" if level.side else "left",
        "showarrow": False,
        "font": {"color": level.colour, "size": 12},
        "bgcolor": theme.surface,
        "borderpad": 2,
        "opacity": 0.9,
    }
