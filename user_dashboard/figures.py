"""The two plots, as plain dictionaries for Plotly: pure, from samples to figure."""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from user_dashboard.level_lines import (
    NEAR_REFERENCE,
    Level,
    draw_levels,
    hint_at_level,
    is_near_quota,
    quota_levels,
    reference_level,
    within_view,
)
from user_dashboard.published import Storage
from user_dashboard.time_axes import DATES, from_to
from user_dashboard.wording import clock_zone
from usermon.histories import DAY, History
from usermon.quotas import Limits
from web_shared.chart_theme import ChartTheme, SeriesStyle, axis, base_layout, theme_named

Scale = Literal["linear", "log"]
Figure = dict[str, Any]

RANGES: dict[str, int | None] = {
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "quarter": 91 * DAY,
    "year": 365 * DAY,
    "all": None,
}
_MARKS = 12
_GLYPHS = {
    "circle": "●",
    "diamond": "◆",
    "square": "■",
    "triangle-up": "▲",
    "cross": "✚",
    "x": "✖",
    "triangle-down": "▼",
    "star": "★",
}
_NUMBER_ROOM, _AROUND_NUMBER = 9, 10  # pixels: of a digit in the widest of our fonts; beside a number
_SHORT_NUMBER = 6
_TITLE_ROOM = 34  # pixels below the plot, where its axis of time has a title
_APART = 0.18  # of a plot's height: more than words need


@dataclass(frozen=True, slots=True)
class View:
    """What the person at the page has chosen."""

    theme: str = "light"
    scale: Scale = "linear"
    range: str = "all"
    references: frozenset[str] = frozenset()  # of "storage", "files": which plots show their line
    quotas: bool = True  # whether the axes have room for the limits of quotas
    span: Literal["weeks", "months"] = "weeks"  # of which the hours of jobs are sums


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one of the two plots shows."""

    name: str
    values: Callable[[History], list[Any]]
    unit: str
    tick_format: str
    reference: float | int | None
    limits: Callable[[History], Limits]


def storage_figure(storage: Storage, view: View) -> Figure:
    """GiB against time."""
    reference = storage.published.reference_gb
    kind = _Kind("storage", lambda h: h.gb, "GiB", ",~f", reference, lambda h: h.gb_limits)
    return _figure(storage, view, kind)


def files_figure(storage: Storage, view: View) -> Figure:
    """Number of files against time."""
    reference = storage.published.reference_files
    kind = _Kind("files", lambda h: h.files, "files", "~s", reference, lambda h: h.files_limits)
    return _figure(storage, view, kind)


def near_references(storage: Storage) -> frozenset[str]:
    """The plots whose reference line is worth its place without being asked for: those that come near it."""
    published = storage.published
    left_axis = storage.histories[0::2]
    return frozenset(
        name
        for name, reference, columns in (
            ("storage", published.reference_gb, [history.gb for history in left_axis]),
            ("files", published.reference_files, [history.files for history in left_axis]),
        )
        if reference is not None
        and any(
            max(column) >= reference / NEAR_REFERENCE and min(column) <= reference * NEAR_REFERENCE
            for column in columns
        )
    )


def quotas_near(storage: Storage) -> bool | None:
    """Whether quotas are worth their place without being asked for; None where there are none."""
    bounded = [
        (limits, values)
        for history in storage.histories
        for limits, values in ((history.gb_limits, history.gb), (history.files_limits, history.files))
        if limits.known
    ]
    return any(is_near_quota(limits, values) for limits, values in bounded) if bounded else None


def _figure(storage: Storage, view: View, kind: _Kind) -> Figure:
    theme = theme_named(view.theme)
    start, end = _window(storage, view.range)
    layout: dict[str, Any] = {
        **base_layout(theme),
        "uirevision": f"{view.range} {view.scale}",
        "hovermode": "x unified",
        "hoverdistance": 40,
        "dragmode": "zoom",
        "showlegend": False,  # the names above the axes say it, and cost no room
        "margin": _margins(storage, view),
        "xaxis": _time_axis(storage, theme, start, end),
        "annotations": [],
        "shapes": [],
    }
    lines, marks = [], []
    for side, key in enumerate(("yaxis", "yaxis2")):
        drawn = [(place, h) for place, h in enumerate(storage.histories) if place % 2 == side]
        if not drawn:
            continue
        values = [kind.values(h) for _, h in drawn]
        visible = [
            value
            for (_, h), column in zip(drawn, values, strict=True)
            for value in _within(storage.plotted_time[h.volume], column, start, end)
        ]
        shown, beyond = _levels(kind, view, theme, drawn, side, max(visible))
        layout[key] = _value_axis(
            theme,
            side,
            view.scale,
            visible,
            [level.value for level in shown],
            kind,
            theme.style_of(drawn[0][0]).colour,
        )
        layout["annotations"].append(_axis_name(theme, drawn, kind.unit, side))
        for (place, history), column in zip(drawn, values, strict=True):
            times = storage.plotted_time[history.volume]
            style, on = theme.style_of(place), {"yaxis": "y2" if side else "y"}
            lines.append(_line(times, column, history, style, kind.unit) | on)
            marks.append(_marks(times, column, history, style, start, end) | on)
        draw_levels(layout, shown, theme, is_log=view.scale == "log")
        if beyond is not None:
            hint_at_level(layout, beyond, theme)
    return {"data": lines + marks, "layout": layout}


def _levels(
    kind: _Kind,
    view: View,
    theme: ChartTheme,
    drawn: list[tuple[int, History]],
    side: int,
    most: float,
) -> tuple[list[Level], Level | None]:
    """The lines across the plot on one side's axis, whose data goes up to `most`; and the next limit above
    the data that is not among them, if there is one."""
    limits = [
        level
        for place, history in drawn
        for level in quota_levels(
            history.volume, kind.limits(history), kind.unit, theme.style_of(place).colour, side
        )
    ]
    shown = [level for level in limits if level.value <= most]
    if view.quotas:
        shown = limits if view.scale == "log" else within_view(limits, most)
    beyond = min(
        (level for level in limits if level.value > most and level not in shown),
        key=lambda level: level.value,
        default=None,
    )
    has_next = any(level.value > most for level in shown)
    if kind.reference is not None and kind.name in view.references and side == 0:
        shown = [*shown, reference_level(kind.reference, kind.unit, theme)]
    return shown, None if has_next else beyond


def _margins(storage: Storage, view: View) -> dict[str, int]:
    """The same for both plots, so that their times lie below each other.

    Room for the longest number of either plot. The axes' automargin stays on for those who zoom in until the
    numbers grow longer than this.
    """
    theme = theme_named(view.theme)
    kind = _Kind("storage", lambda h: h.gb, "GiB", "", storage.published.reference_gb, lambda h: h.gb_limits)
    rooms = []
    for side in (0, 1):
        drawn = [(place, h) for place, h in enumerate(storage.histories) if place % 2 == side]
        most = [max(history.gb) for _, history in drawn]
        if most:
            most += [level.value for level in _levels(kind, view, theme, drawn, side, max(most))[0]]
        rooms.append(_NUMBER_ROOM * _label_length(max(most)) + _AROUND_NUMBER if most else _AROUND_NUMBER)
    return {"l": rooms[0], "r": rooms[1], "t": 40, "b": 8 if storage.plotted_ahead is None else _TITLE_ROOM}


def _label_length(gb: float) -> int:
    """In letters. GiB are written in full, files short: 402.5k; on logarithmic axes both are."""
    return max(_SHORT_NUMBER, len(f"{int(gb):,}"))


def _line(
    time: list[int], values: list[Any], history: History, style: SeriesStyle, unit: str
) -> dict[str, Any]:
    x, y = _with_holes(time, values, history.holes)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": history.volume,
        "x": x,
        "y": y,
        "line": {"color": style.colour, "dash": style.dash, "width": 2},
        "hovertemplate": f"%{{y:,}} {unit}",
        "connectgaps": False,
    }


def _marks(
    time: list[int], values: list[Any], history: History, style: SeriesStyle, start: int, end: int
) -> dict[str, Any]:
    """Some markers along a line tell the volumes apart without colour; one on each sample would hide it."""
    chosen = _evenly(time, start, end)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": history.volume,
        "x": [time[position] for position in chosen],
        "y": [values[position] for position in chosen],
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 7},
        "hoverinfo": "skip",
    }


def _evenly(time: list[int], start: int, end: int) -> list[int]:
    """Positions of about a dozen samples, evenly over the window; the newest is one of them."""
    first, last = bisect_left(time, start), len(time) - 1
    if last - first < _MARKS:
        return list(range(min(first, last), last + 1))
    moments = (max(time[first], start), min(time[last], end))
    step = (moments[1] - moments[0]) / (_MARKS - 1)
    return sorted({min(bisect_left(time, int(moments[0] + n * step)), last) for n in range(_MARKS)} | {last})


def _with_holes(time: list[int], values: list[Any], holes: tuple[int, ...]) -> tuple[list[int], list[Any]]:
    """A sample of nothing in each hole, so that the line breaks there."""
    if not holes:
        return time, values
    x, y, done = [], [], 0
    for hole in holes:
        x += [*time[done:hole], (time[hole - 1] + time[hole]) // 2]
        y += [*values[done:hole], None]
        done = hole
    return x + time[done:], y + values[done:]


def _window(storage: Storage, chosen: str) -> tuple[int, int]:
    first = min(column[0] for column in storage.plotted_time.values())
    last = max(column[-1] for column in storage.plotted_time.values())
    span = RANGES.get(chosen)
    start = first if span is None else max(first, last - 1000 * span)
    margin = max((last - start) // 50, 30 * 60 * 1000)
    return start - margin, last + margin


def _within(time: list[int], values: list[Any], start: int, end: int) -> list[Any]:
    """The values in the window; the newest one at least, so that the axis has something to stand on."""
    return [value for moment, value in zip(time, values, strict=True) if start <= moment <= end] or values[
        -1:
    ]


def _time_axis(storage: Storage, theme: ChartTheme, start: int, end: int) -> dict[str, Any]:
    whole = _window(storage, "all")
    ahead = storage.plotted_ahead
    words = (
        {"text": f"All times in {clock_zone(ahead)}", "standoff": 6, "font": {"size": 11}}
        if ahead is not None
        else {}
    )
    return axis(
        theme,
        type="date",
        title=words,
        **from_to(start, end),
        showgrid=False,
        ticks="outside",
        ticklen=4,
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikedash="solid",
        spikecolor=theme.line,
        spikesnap="hovered data",
        hoverformat="%a %-d %B %Y, %H:%M",
        tickformatstops=DATES,
        rangeslider={
            "visible": True,
            "range": list(whole),
            "thickness": 0.1,
            "yaxis": {"rangemode": "auto"},  # the whole course, however little of it is shown above
            "yaxis2": {"rangemode": "auto"},
            "bgcolor": theme.surface,
            "bordercolor": theme.line,
            "borderwidth": 1,
        },
    )


def _value_axis(
    theme: ChartTheme,
    side: int,
    scale: Scale,
    values: list[Any],
    levels: list[float | int],
    kind: _Kind,
    colour: str,
) -> dict[str, Any]:
    low, high = _value_range([*values, *levels], scale, lean=0.6 if side else 0.5)
    if side and levels and max(levels) > max(values):
        high += _APART * (high - low)  # else the uppermost lines of both axes would lie on each other
    settings = axis(
        theme,
        type=scale,
        **from_to(*((10**low, 10**high) if scale == "log" else (low, high))),
        zeroline=False,
        tickfont={"color": colour},
        tickformat=kind.tick_format,
        nticks=6,
        fixedrange=False,
    )
    if scale == "log":
        settings |= {"tickformat": "~s"}
    if side:
        settings |= {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"}
    return settings


def _value_range(values: list[Any], scale: Scale, lean: float) -> list[float]:
    """From the least to the most, with air; never so narrow that a tiny change looks like a cliff.

    `lean` tells where a flat line lies, so that flat lines of both axes do not hide each other.
    """
    if scale == "log":
        positive = [value for value in values if value > 0] or [1]
        low, high = math.log10(min(positive)), math.log10(max(positive))
        air = max(0.08 * (high - low), 0.06)
        return [low - 2 * air * lean, high + 2 * air * (1 - lean)]
    low, high = min(values), max(values)
    least = max(0.06 * high, 2)
    if high - low < least:
        middle = (high + low) / 2
        low, high = middle - least * lean, middle + least * (1 - lean)
    air = 0.08 * (high - low)
    # Zero stays the floor: nobody holds less than nothing.
    return [low - air if low - air > 0 or min(values) < 0 else -0.02 * high, high + air]


def _axis_name(theme: ChartTheme, drawn: list[tuple[int, History]], unit: str, side: int) -> dict[str, Any]:
    """Above the axis and level: it reads without turning one's head, and costs no width on a phone."""
    names = ", ".join(
        f'<span style="color:{theme.style_of(place).colour}">{_GLYPHS[theme.style_of(place).symbol]} '
        f"{history.volume}</span>"
        for place, history in drawn
    )
    return {
        "text": f"{names}, {unit}",
        "xref": "paper",
        "yref": "paper",
        "x": 1 if side else 0,
        "y": 1,
        "xanchor": "right" if side else "left",
        "yanchor": "bottom",
        "yshift": 10,
        "showarrow": False,
        "font": {"color": theme.ink_soft, "size": 13},
    }
