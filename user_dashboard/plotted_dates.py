"""Times as Plotly must get them: as texts.

A number on an axis of time it takes for a moment, which it shows by the clock of the viewer's machine; what
is a clock already would be moved by the viewer's offset once more. A text it takes as it is written.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - of a wall, whose zone is the facility's
_SECOND = timedelta(seconds=1)


def with_dates(figure: dict[str, Any]) -> dict[str, Any]:
    """`figure`, whose axis of time is in milliseconds of the facility's clock, with texts in their place."""
    time_axis = dict(figure["layout"]["xaxis"])
    options = time_axis["autorangeoptions"]
    clips = {name: _text(options[name]) for name in ("clipmin", "clipmax")}
    time_axis["autorangeoptions"] = options | clips | {"include": _texts(options["include"])}
    if "rangeslider" in time_axis:
        slider = time_axis["rangeslider"]
        time_axis["rangeslider"] = slider | {"range": _texts(slider["range"])}
    return figure | {
        "data": [trace | {"x": _texts(trace["x"])} for trace in figure["data"]],
        "layout": figure["layout"] | {"xaxis": time_axis},
    }


def _texts(milliseconds: Iterable[int]) -> list[str]:
    return [_text(one) for one in milliseconds]


def _text(milliseconds: int) -> str:
    return (_EPOCH + milliseconds // 1000 * _SECOND).isoformat()
