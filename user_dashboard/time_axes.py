"""What all axes of time have in common: how their dates are written, and from where to where they go."""

from typing import Any

_HALF_A_DAY = 43_200_000  # milliseconds

DATES = [
    {"dtickrange": [None, _HALF_A_DAY], "value": "%H:%M\n%-d %b"},
    {"dtickrange": [_HALF_A_DAY, "M1"], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", None], "value": "%b\n%Y"},
]


def from_to(start: float, end: float) -> dict[str, Any]:
    """What an axis shows until somebody zooms, in the units of the data; of values as well as of time.

    Not as its `range`: Plotly forgets a zoom when another range comes with the next sample, and keeps it
    while the axis finds its range itself.
    """
    return {
        "autorange": True,
        "autorangeoptions": {"include": [start, end], "clipmin": start, "clipmax": end},
    }
