"""What a picture shows, before it is drawn: read from the store, made of plain numbers and names."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from overview.pictures.brush import Brush
from usage_store.host_status import LIMITS
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

    def is_ahead(self, now: float) -> bool:
        """Its newest number is of a time that is still to come, and not by the few minutes by which clocks
        differ."""
        return self.as_of is not None and self.as_of - now > LIMITS.ahead_seconds


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every picture: `name` is the facility's, `now` the time of its drawing in epoch seconds,
    by which numbers are known to be of a clock that is ahead."""

    theme: ChartTheme
    zone: ZoneInfo
    name: str
    now: float = math.inf

    def told_time(self, sheet: "Sheet") -> str:
        """ "As of 2024-05-01 14:00 CEST"."""
        if sheet.as_of is None:
            return ""
        ahead = ", by a clock that is ahead" if sheet.is_ahead(self.now) else ""
        return f"As of {moment_in_words(sheet.as_of, self.zone)}{ahead}"


def moment_in_words(time: int, zone: ZoneInfo) -> str:
    """As pictures and reports write a time: "2024-05-01 14:00 CEST"."""
    at = datetime.fromtimestamp(time, zone)
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or 'UTC'}"
