"""Processor and GPU hours by week or month, as a plain dictionary for Plotly. Pure."""

from datetime import UTC, datetime
from typing import Any, Literal

from user_dashboard.io.figures import hatching
from user_dashboard.jobs.data import Jobs
from usermon.published_jobs import Spans
from web_shared.chart_theme import ChartTheme, axis, base_layout, theme_named

Span = Literal["weeks", "months"]
_WEEK = 7 * 86_400
_LEAST_PLACES = 12  # bars that the plot has room for, were there only one
_MOST_TICKS = 6  # that a phone has room for beside each other


def hours_figure(jobs: Jobs, span: Span, theme_name: str) -> dict[str, Any]:
    """Bars of processor hours; those of GPU hours beside them, hatched, on an axis of their own."""
    theme = theme_named(theme_name)
    spans = jobs.published.weeks if span == "weeks" else jobs.published.months
    starts, gaps = _without_holes(spans, span)
    x = [_label(start, span) for start in starts]
    has_gpus = any(spans.gpu_hours)
    layout: dict[str, Any] = {
        **base_layout(theme),
        "uirevision": span,
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": "zoom",
        "bargap": 0.25,
        "margin": {"l": 56, "r": 56 if has_gpus else 12, "t": 40, "b": 8},
        "xaxis": axis(
            theme, type="category", showgrid=False, tickangle=0, range=_newest(len(x)), **_ticks(x)
        ),
        "yaxis": _hours_axis(theme, theme.series[0].colour),
        "annotations": [
            _name(theme, f'<span style="color:{theme.series[0].colour}">■</span> processor hours', 0)
        ],
    }
    data = [_bars(theme, x, gaps(spans.cpu_hours), "processor hours", 0)]
    if has_gpus:
        layout["yaxis2"] = _hours_axis(theme, theme.series[1].colour) | {
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "tickmode": "auto",
        }
        layout["annotations"].append(
            _name(theme, f'<span style="color:{theme.series[1].colour}">▨</span> GPU hours', 1)
        )
        data.append(_bars(theme, x, gaps(spans.gpu_hours), "GPU hours", 1) | {"yaxis": "y2"})
    return {"data": data, "layout": layout}


def _bars(theme: ChartTheme, x: list[str], y: list[float], name: str, place: int) -> dict[str, Any]:
    marker: dict[str, Any] = {"color": theme.series[place].colour}
    if place:
        marker["pattern"] = hatching(theme)
    return {
        "type": "bar",
        "name": name,
        "x": x,
        "y": y,
        "offsetgroup": str(place),
        "marker": marker,
        "hovertemplate": "%{y:,.1f} " + name + "<extra></extra>",
    }


def _without_holes(spans: Spans, span: Span) -> tuple[list[int], Any]:
    """All weeks or months from the first to the last, and how to put zeros into a column where none was."""
    if not spans.start:
        return [], list
    starts = [spans.start[0]]
    while starts[-1] < spans.start[-1]:
        starts.append(_next(starts[-1], span))
    place = {start: n for n, start in enumerate(starts)}

    def with_zeros(column: list[float]) -> list[float]:
        filled = [0.0] * len(starts)
        for start, value in zip(spans.start, column, strict=True):
            if start in place:
                filled[place[start]] = value
        return filled

    return starts, with_zeros


def _next(start: int, span: Span) -> int:
    if span == "weeks":
        return start + _WEEK
    month = datetime.fromtimestamp(start, UTC)
    year, number = (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)
    return int(datetime(year, number, 1, tzinfo=UTC).timestamp())


def _label(start: int, span: Span) -> str:
    day = datetime.fromtimestamp(start, UTC)
    return f"{day.day} {day:%b %Y}" if span == "weeks" else f"{day:%b %Y}"


def _ticks(labels: list[str]) -> dict[str, Any]:
    """Half a dozen at most, the newest among them: the month below the day, the year where it is another."""
    step = -(-max(len(labels), _LEAST_PLACES) // _MOST_TICKS)
    shown = labels[::-step][::-1]
    words, before = [], ""
    for label in shown:
        start, _, year = label.rpartition(" ")
        stacked = start.replace(" ", "<br>")
        words.append(stacked if year == before else f"{stacked}<br>{year}")
        before = year
    return {"tickmode": "array", "tickvals": shown, "ticktext": words}


def _newest(count: int) -> list[float]:
    """At least a dozen places, so that the bar of a first week is not as wide as the plot."""
    return [min(-0.5, count - _LEAST_PLACES - 0.5), count - 0.5]


def _hours_axis(theme: ChartTheme, colour: str) -> dict[str, Any]:
    return axis(
        theme, rangemode="tozero", tickformat="~s", nticks=6, zeroline=False, tickfont={"color": colour}
    )


def _name(theme: ChartTheme, text: str, side: int) -> dict[str, Any]:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": side,
        "y": 1,
        "xanchor": "right" if side else "left",
        "yanchor": "bottom",
        "yshift": 10,
        "showarrow": False,
        "font": {"color": theme.ink_soft, "size": 13},
    }
