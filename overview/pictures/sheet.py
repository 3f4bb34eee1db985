"""What a picture shows, before it is drawn: read from the store, made of plain numbers and names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from overview.pictures.brush import Brush
from web_shared.chart_theme import ChartTheme

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure
else:
    SubFigure = Any  # matplotlib is not loaded for a type

# Draws into the space between title and foot.
Paint: TypeAlias = Callable[[SubFigure, Brush], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`words` say what the picture shows to who does not see it; `as_of` is the time of its newest number.
    Without `paint` there is nothing to show yet, and `words` stand in its place. `height` is in inches, of a
    width of eight."""

    title: str
    words: str
    as_of: int | None
    paint: Paint | None
    height: float = 4.5


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every picture: `name` is the facility's."""

    theme: ChartTheme
    zone: ZoneInfo
    name: str


def moment_in_words(time: int, zone: ZoneInfo) -> str:
    """As pictures and reports write a time: "2024-05-01 14:00 CEST"."""
    at = datetime.fromtimestamp(time, zone)
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or 'UTC'}"
