"""Colours and frames of plots, as plain dictionaries for Plotly: light and dark, readable without colour.

The colours are those of Okabe and Ito, chosen so that people with any kind of colour blindness can tell
them apart; on top, series differ by line style and marker, so that print in grey works too.
"""

from dataclasses import dataclass
from typing import Any, Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    colour: str
    dash: str
    symbol: str


@dataclass(frozen=True, slots=True)
class ChartTheme:
    name: ThemeName
    ink: str
    ink_soft: str
    grid: str
    line: str
    surface: str
    reference: str
    series: tuple[SeriesStyle, ...]
    # For shading by amount (bubbles, file counts): from little to much, dark enough at both ends.
    sequence: tuple[str, ...]

    def style_of(self, position: int) -> SeriesStyle:
        """The style of the n-th series; colours come again after eight, with other dashes."""
        return self.series[position % len(self.series)]


_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "triangle-down", "star")


def _series(*colours: str) -> tuple[SeriesStyle, ...]:
    return tuple(
        SeriesStyle(colour, _DASHES[position % len(_DASHES)], _SYMBOLS[position % len(_SYMBOLS)])
        for position, colour in enumerate(colours)
    )


LIGHT = ChartTheme(
    name="light",
    ink="#1b2430",
    ink_soft="#566172",
    grid="#e9ecf0",
    line="#c9d0d9",
    surface="#ffffff",
    reference="#8a5a00",
    series=_series("#0072b2", "#d55e00", "#00805f", "#a8447f", "#5b6b7c", "#7a5c00", "#3d8fc4", "#1b2430"),
    sequence=("#cfe3f2", "#8fc0e2", "#4a97cc", "#0f6ba8", "#083f66"),
)

DARK = ChartTheme(
    name="dark",
    ink="#e6eaf0",
    ink_soft="#a5b0be",
    grid="#262e38",
    line="#3c4654",
    surface="#171d25",
    reference="#e0b354",
    series=_series("#56b4e9", "#f0975a", "#3fcfa3", "#e08bbd", "#a5b0be", "#e3c44f", "#8fd0f5", "#e6eaf0"),
    sequence=("#1d3a52", "#235f8c", "#3287c2", "#6db5e6", "#bfe0f7"),
)


def theme_named(name: object) -> ChartTheme:
    """Anything but "dark" is light: the name comes from a browser."""
    return DARK if name == "dark" else LIGHT


FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"

# What pages pass to Plotly: no logo, no button that sends data away, drawn anew when the window changes.
PLOT_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "showTips": False,
    "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
    "doubleClick": "reset",
}


def base_layout(theme: ChartTheme) -> dict[str, Any]:
    """The layout that all plots start from; axes come from `axis`."""
    return {
        "font": {"family": FONT, "size": 13, "color": theme.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {
            "bgcolor": theme.surface,
            "bordercolor": theme.line,
            "font": {"family": FONT, "size": 13, "color": theme.ink},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme.ink_soft, "activecolor": theme.ink},
        "legend": {"font": {"color": theme.ink}, "bgcolor": "rgba(0,0,0,0)"},
    }


def axis(theme: ChartTheme, **more: Any) -> dict[str, Any]:
    """One axis: quiet lines, soft numbers. `more` adds or replaces keys."""
    return {
        "gridcolor": theme.grid,
        "linecolor": theme.line,
        "zerolinecolor": theme.line,
        "tickcolor": theme.line,
        "tickfont": {"color": theme.ink_soft},
        "automargin": True,
        **more,
    }
