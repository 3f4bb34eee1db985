"""Whose quotas are fullest."""

from typing import TYPE_CHECKING

from alerts.words import amount_held
from overview.pictures.amounts import count_words, counted
from overview.pictures.brush import Brush
from overview.pictures.lettering import PAIR
from overview.pictures.sheet import Paint, Sheet
from overview.pictures.source import Source
from overview.quota_use import QuotaUse, quota_uses
from usermon.units import bytes_from_gb

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

_SHOWN = 15
_FEWEST_ROWS = 5
_WIDEST = 1.25
_LONGEST_AMOUNT = 0.9
# Of a picture's eight inches, what neither a row's name nor its bar can take.
_PICTURE, _MARGINS = 8.0, 0.5
_LOOKS = {"over": (1, "xxxx"), "near": (5, "////"), "fine": (0, "")}
_WORDS = {"over": "over a limit", "near": "nearly full", "fine": ""}


def quota_sheet(source: Source) -> Sheet:
    latest = source.snapshots.latest()
    uses = quota_uses(latest, source.snapshots.limits(), most=_SHOWN, most_fine=_SHOWN)
    title = "Fullest quotas"
    if not uses.fullest:
        return Sheet(title, "No quotas are known: the reports that are read here tell no limits.", None, None)
    fullest = uses.fullest[:_SHOWN]
    words = (
        f"Of {counted(uses.limited, 'user')} with quotas {len(uses.over):,} passed a limit, "
        f"{len(uses.near):,} near one. Fullest: "
        + ", ".join(f"{use.user} on {use.volume} {100 * use.share:.0f} %" for use in fullest[:3])
        + " of the last limit."
    )
    newest = max(usage.time for usage in latest)
    return Sheet(title, words, newest, _painting(fullest), 1.7 + 0.2 * max(len(fullest), _FEWEST_ROWS))


def _amounts(use: QuotaUse) -> str:
    limit = use.limits.last or 0
    if use.unit == "files":
        return f"{count_words(use.value)} of {count_words(limit)} files"
    return f"{amount_held(bytes_from_gb(use.value))} of {amount_held(bytes_from_gb(limit))}"


def _painting(fullest: tuple[QuotaUse, ...]) -> Paint:
    def paint(canvas: "SubFigure", brush: Brush) -> None:
        theme = brush.theme
        axes = brush.axes(canvas)
        rows = range(len(fullest))
        names = [f"{use.user}{PAIR}{use.volume}" for use in fullest]
        shares = [min(use.share, _WIDEST) for use in fullest]
        end = max(1.0, *shares) + _LONGEST_AMOUNT
        an_inch = end / (_PICTURE - _MARGINS - brush.widest_row(names))
        for row, use, share in zip(rows, fullest, shares, strict=True):
            colour, hatch = _LOOKS[use.level]
            axes.barh(
                row,
                share,
                height=0.66,
                color=theme.series[colour].colour,
                hatch=hatch,
                edgecolor=theme.surface,
                linewidth=0,
            )
            told = " · ".join(word for word in (_amounts(use), _WORDS[use.level]) if word)
            # Beyond the line of 100 % where it would lie across it.
            crosses = share < 1 < share + an_inch * brush.width(told)
            brush.tell(axes, told, 1 if crosses else share, row)
        axes.axvline(1, color=theme.reference, linewidth=1.5, linestyle=brush.dash(theme.series[1]))
        brush.rows(axes, names)
        axes.set_ylim(max(len(fullest), _FEWEST_ROWS) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, end)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        brush.caption(axes, "Share of the last limit, beyond which nothing can be written")

    return paint
