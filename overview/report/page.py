"""A report as one page of HTML made for mail: light, styles in place, pictures within or beside."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from overview.report.told import Told
from usermon.contrast import readable_on

_TEMPLATES = Path(__file__).parent.parent / "templates"
_USUAL_ACCENT = "#0b5a9d"


@dataclass(frozen=True, slots=True)
class Plot:
    """`address` is a data: URI, or cid: of a part of the same mail."""

    title: str
    words: str
    address: str


def html_page(told: Told, plots: Sequence[Plot], accent: str | None) -> str:
    """All names are escaped."""
    templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True)
    # A line on white, for which less contrast than for text will do.
    line = readable_on(accent or _USUAL_ACCENT, ("#ffffff",), darker=True, ratio=3.0)
    return templates.get_template("overview/report.html").render(told=told, plots=plots, accent=line)


def within(picture: bytes) -> str:
    """A PNG as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"
