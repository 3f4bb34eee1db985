"""The two plots of the tab, as plain dictionaries for Plotly: pure, from numbers to figure."""

from bisect import bisect_left
from typing import Any

from user_dashboard.figures import RANGES, View
from user_dashboard.io.data import DAY, HOUR, Io
from user_dashboard.time_axes import DATES, from_to
from web_shared.chart_theme import ChartTheme, axis, base_layout, theme_named

Figure = dict[str, Any]

_HOURLY_AT_MOST = 31 * DAY


def operations_figure(io: Io, view: View) -> Figure:
    """Operations an hour, or in longer ranges a day, against time."""
    theme = theme_named(view.theme)
    span = span_of(io, view)
    if span == DAY:
        time, total = io.daily_time, io.daily_total
    else:
        time, total = io.published.hours.time, io.published.hours.total
    first, end = _window(time, span, RANGES.get(view.range))
    start = bisect_left(time, first)
    time, total = time[start:], total[start:]
    layout = _layout(theme, f"{view.range} {view.scale} {span}") | {
        "bargap": 0,
        "xaxis": axis(
            theme,
            type="date",
            **from_to(1000 * first, 1000 * end),
            showgrid=False,
            ticks="outside",
            ticklen=4,
            tickformatstops=DATES,
            hoverformat="%a %-d %B %Y" if span == DAY else "%a %-d %B %Y, %H:%M",
        ),
        "yaxis": _amounts(theme, view, total),
        "annotations": [_axis_name(theme, f"operations {'a day' if span == DAY else 'an hour'}")],
    }
    bars = {
        "type": "bar",
        "x": [1000 * moment for moment in time],
        "y": total,
        "width": 920 * span,
        "offset": 40 * span,
        "marker": {"color": theme.series[0].colour},
        "hovertemplate": "%{x}<br>%{y:,} operations<extra></extra>",
    }
    return {"data": [bars], "layout": layout}


def span_of(io: Io, view: View) -> int:
    """How long one bar is, in seconds: an hour while hours are known and their bars are no hairs."""
    hours, days = io.published.hours.time, io.published.days.time
    seconds = RANGES.get(view.range)
    shows_days = bool(days) if seconds is None else seconds > _HOURLY_AT_MOST
    return DAY if shows_days or not hours else HOUR


def sizes_figure(io: Io, view: View) -> Figure:
    """Operations against their size: all there ever were."""
    theme = theme_named(view.theme)
    sizes = io.published.sizes
    bars = {
        "type": "bar",
        "x": io.size_words,
        "y": sizes.total,
        "marker": {"color": theme.series[2].colour, "pattern": hatching(theme)},
        "hovertemplate": "%{x}<br>%{y:,} operations<extra></extra>",
    }
    layout = _layout(theme, f"sizes {view.scale}") | {
        "bargap": 0.12,
        "xaxis": axis(
            theme,
            type="category",
            showgrid=False,
            tickangle=-45 if len(io.size_words) > 5 else 0,
            fixedrange=True,
        ),
        "yaxis": _amounts(theme, view, sizes.total),
        "annotations": [_axis_name(theme, "operations")],
    }
    return {"data": [bars], "layout": layout}


def hatching(theme: ChartTheme) -> dict[str, Any]:
    """Tells bars apart from plain ones without colour."""
    return {"shape": "/", "fillmode": "overlay", "fgcolor": theme.surface, "size": 8, "solidity": 0.25}


def _layout(theme: ChartTheme, revision: str) -> dict[str, Any]:
    return {
        **base_layout(theme),
        "uirevision": revision,
        "showlegend": False,
        "hovermode": "x",
        "dragmode": "zoom",
        "margin": {"l": 56, "r": 12, "t": 40, "b": 8},
    }


def _amounts(theme: ChartTheme, view: View, totals: list[int]) -> dict[str, Any]:
    scale = "log" if view.scale == "log" and any(totals) else "linear"
    zero = {} if scale == "log" else {"rangemode": "tozero"}
    return axis(theme, type=scale, tickformat="~s", nticks=6, zeroline=False, fixedrange=False, **zero)


def _window(time: list[int], span: int, seconds: int | None) -> tuple[int, int]:
    """From where to where, in seconds; the newest bar is the last."""
    if not time:
        return 0, span
    end = time[-1] + span
    return (time[0] if seconds is None else max(time[0], end - seconds)), end


def _axis_name(theme: ChartTheme, text: str) -> dict[str, Any]:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 10,
        "showarrow": False,
        "font": {"color": theme.ink_soft, "size": 13},
    }
