"""A theme as matplotlib takes it: quiet axes, lines and fills that differ without colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from overview.pictures.lettering import fitted, inches
from web_shared.chart_theme import ChartTheme, SeriesStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure
else:
    Axes = SubFigure = Any  # matplotlib is not loaded for a type

_SIZE = 8
# In inches.
_LONGEST_NAME, _LONGEST_ROW_NAME = 1.7, 1.9
# What a legend shows before a name, and leaves free behind it.
_KEY = 0.55
_AROUND = 0.1
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
        """Of `moments`; ticks are in the facility's zone, told so that no second row is
        needed below them."""
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(  # type: ignore[no-untyped-call]
            minticks=3, maxticks=8, tz=self.zone
        )
        axes.xaxis.set_major_locator(locator)
        formatter = ConciseDateFormatter(  # type: ignore[no-untyped-call]
            locator,
            tz=self.zone,
            formats=["%Y", "%b", "%b %d", "%H:%M", "%H:%M", "%H:%M:%S"],
            zero_formats=["", "%b %Y", "%b %d", "%b %d", "%H:%M", "%H:%M"],
            show_offset=False,
        )
        axes.xaxis.set_major_formatter(formatter)

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

    def nothing(self, axes: "Axes", text: str) -> None:
        """Words in place of a plot."""
        axes.set_axis_off()
        axes.text(0.5, 0.5, text, size=9, color=self.theme.ink_soft, ha="center", va="center")

    def legend(self, axes: "Axes", columns: int, handles: Sequence[Any] | None = None) -> None:
        """Below all that belongs to `axes`, which are alone on their part of the figure."""
        chosen = axes.get_legend_handles_labels()[0] if handles is None else handles
        names = [fitted(str(handle.get_label()), _LONGEST_NAME, _SIZE) for handle in chosen]
        part: Any = axes.get_figure(root=False)
        room = part.bbox.width / part.get_figure(root=True).dpi
        widest = max(inches(name, _SIZE) for name in names) + _KEY
        part.legend(
            chosen,
            names,
            loc="outside lower center",
            ncols=max(1, min(columns, int(room / widest))),
            frameon=False,
            fontsize=_SIZE,
            labelcolor=self.theme.ink,
            borderaxespad=0.2,
        )

    def rows(self, axes: "Axes", names: Iterable[str]) -> None:
        """A name at the left of each row, from 0 on."""
        shown = [fitted(name, _LONGEST_ROW_NAME, _SIZE) for name in names]
        axes.set_yticks(range(len(shown)), shown, color=self.theme.ink)

    def widest_row(self, names: Iterable[str]) -> float:
        """Inches that `rows` take."""
        return max(min(inches(name, _SIZE), _LONGEST_ROW_NAME) for name in names)

    def short(self, name: str) -> str:
        return fitted(name, _LONGEST_NAME, _SIZE)

    def width(self, text: str) -> float:
        """Inches of what `tell` tells, with what is around it."""
        return inches(text, _SIZE) + _AROUND
