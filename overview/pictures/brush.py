"""A theme as matplotlib takes it: quiet axes, lines and fills that differ without colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from web_shared.chart_theme import ChartTheme, SeriesStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure
else:
    Axes = SubFigure = Any  # matplotlib is not loaded for a type

_DASHES = {"solid": "-", "dash": (0, (6, 3)), "dot": (0, (1.5, 2)), "dashdot": (0, (6, 2, 1.5, 2))}
# Fills that differ in print and to the colour-blind, too.
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++++", "oo")


@dataclass(frozen=True, slots=True)
class Brush:
    """A theme's colours as matplotlib takes them."""

    theme: ChartTheme
    zone: ZoneInfo

    def axes(self, figure: "SubFigure", place: Any = 111, **more: Any) -> "Axes":
        """A quiet frame: numbers, a light grid, no box. `place` as add_subplot takes it."""
        axes: Axes = figure.add_subplot(place, **more)
        axes.set_facecolor("none")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(self.theme.line)
        axes.tick_params(colors=self.theme.ink_soft, labelsize=8, length=3, color=self.theme.line)
        axes.grid(visible=True, color=self.theme.grid, linewidth=0.8)
        axes.set_axisbelow(True)
        return axes

    def time_axis(self, axes: "Axes") -> None:
        """Of `moments`; ticks are in the facility's zone."""
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(  # type: ignore[no-untyped-call]
            minticks=3, maxticks=8, tz=self.zone
        )
        axes.xaxis.set_major_locator(locator)
        formatter = ConciseDateFormatter(locator, tz=self.zone)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(formatter)
        axes.xaxis.get_offset_text().set(color=self.theme.ink_soft, size=8)

    def moments(self, times: Iterable[float]) -> list[float]:
        """Epoch seconds as axes of time take them: days since 1970."""
        return [time / 86_400 for time in times]

    def dash(self, style: SeriesStyle) -> Any:
        return _DASHES[style.dash]

    def caption(self, axes: "Axes", text: str) -> None:
        axes.set_title(text, loc="left", size=9, color=self.theme.ink_soft, pad=6)

    def tell(self, axes: "Axes", text: str, amount: float, row: float) -> None:
        """`text` at the end of a bar."""
        axes.annotate(
            text,
            (amount, row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=8,
            color=self.theme.ink,
            bbox={"facecolor": self.theme.surface, "edgecolor": "none", "pad": 0.6},
        )

    def legend(self, axes: "Axes", **more: Any) -> None:
        legend = axes.legend(frameon=False, fontsize=8, labelcolor=self.theme.ink, **more)
        legend.set_in_layout(True)
