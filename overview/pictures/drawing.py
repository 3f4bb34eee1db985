"""Sheets become pictures: loads matplotlib, sets it up, and has it draw.

No pyplot: figures are objects of ours, so nothing is kept between two of them, and no window is ever sought.
matplotlib is not safe for threads: whoever draws holds `drawing()`.
"""

import io
import logging
import os
import re
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from overview.pictures.brush import Brush
from overview.pictures.lettering import fitted
from overview.pictures.sheet import Frame, Sheet
from overview.pictures.slim_svg import slim
from usermon.printable import printable
from web_shared.chart_theme import ChartTheme

if TYPE_CHECKING:
    from matplotlib.figure import Figure
else:
    Figure = Any

Format = Literal["svg", "png"]
FORMATS: tuple[Format, ...] = ("svg", "png")
MEDIA_TYPES: dict[Format, str] = {"svg": "image/svg+xml", "png": "image/png"}

_WIDTH_INCHES = 8.0
_PAD_INCHES = 0.12
_PNG_DOTS_PER_INCH = 144

_CLIP_ID = re.compile(rb'(clip-path="url\(#|<clipPath id=")(p[0-9a-f]{10})')

_drawing = threading.Lock()
_is_set_up = False
_told_missing: set[int] = set()
_log = logging.getLogger(__name__)


@contextmanager
def drawing() -> Iterator[None]:
    """Nobody else draws meanwhile; matplotlib is loaded and set up."""
    with _drawing:
        _set_up()
        # Told once, in our own words, by `_tell_of_missing`.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        yield


def draw(sheet: Sheet, frame: Frame, format_: Format) -> bytes:
    """The picture's file: the same sheet gives the same bytes."""
    with drawing():
        figure = new_figure(_WIDTH_INCHES, sheet.height, frame.theme)
        paint_sheet(figure, sheet, frame)
        content = _file_of(figure, sheet, format_)
        _tell_of_missing(figure)
        return content


def pdf_of(
    width: float, height: float, theme: ChartTheme, title: str, fill: Callable[[Figure], None]
) -> bytes:
    """One page, in inches, on which `fill` draws; the same drawing gives the same bytes."""
    with drawing():
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        figure = new_figure(width, height, theme)
        fill(figure)
        file = io.BytesIO()
        made = {"Title": title, "Creator": "Usermon", "CreationDate": datetime(2000, 1, 1, tzinfo=UTC)}
        canvas = FigureCanvasPdf(figure)
        canvas.print_pdf(file, metadata=made)  # type: ignore[no-untyped-call]
        _tell_of_missing(figure)
        return file.getvalue()


def new_figure(width: float, height: float, theme: ChartTheme) -> "Figure":
    """In inches. Whoever calls holds `drawing()`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor=theme.surface, layout="constrained")
    figure.get_layout_engine().set(w_pad=_PAD_INCHES, h_pad=_PAD_INCHES / 2)  # type: ignore[union-attr,call-arg]
    return figure


def paint_sheet(figure: "Figure", sheet: Sheet, frame: Frame) -> None:
    """Title, the plot, and a foot that says when and where."""
    theme = frame.theme
    head, body, foot = figure.subfigures(3, 1, squeeze=False, height_ratios=(0.5, sheet.height - 0.8, 0.3))[
        :, 0
    ]
    for part in (head, body, foot):
        part.set_facecolor("none")
    title = fitted(sheet.title, 0.96 * _WIDTH_INCHES, 13, "bold")
    head.text(0.02, 0.35, title, size=13, weight="bold", color=theme.ink, va="center")
    if sheet.paint is None:
        body.text(0.5, 0.5, sheet.words, size=11, color=theme.ink_soft, ha="center", va="center", wrap=True)
    else:
        sheet.paint(body, Brush(theme, frame.zone))
    foot.text(0.02, 0.5, frame.told_time(sheet), size=8, color=theme.ink_soft, va="center")
    foot.text(0.98, 0.5, frame.name, size=8, color=theme.ink_soft, va="center", ha="right")


def _file_of(figure: "Figure", sheet: Sheet, format_: Format) -> bytes:
    file = io.BytesIO()
    if format_ == "svg":
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        canvas = FigureCanvasSVG(figure)
        canvas.print_svg(file, metadata={"Title": sheet.title, "Date": None})  # type: ignore[no-untyped-call]
    else:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure.set_dpi(_PNG_DOTS_PER_INCH)
        agg = FigureCanvasAgg(figure)
        agg.print_png(file, metadata={"Title": sheet.title, "Software": None})  # type: ignore[no-untyped-call]
        return file.getvalue()
    return slim(_with_steady_ids(file.getvalue()).decode()).encode()


def _with_steady_ids(svg: bytes) -> bytes:
    """Ids of clipped areas are hashes of numbers whose last digits differ each time: count instead."""
    numbers: dict[bytes, bytes] = {}

    def number(match: re.Match[bytes]) -> bytes:
        return match[1] + numbers.setdefault(match[2], b"clip%d" % len(numbers))

    return _CLIP_ID.sub(number, svg)


def _tell_of_missing(figure: "Figure") -> None:
    """Letters that the font lacks are boxes in pictures: once a letter, the log says which ones."""
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.text import Text

    shown = {ord(letter) for text in figure.findobj(Text) for letter in text.get_text()}
    font = get_font(findfont(FontProperties()))
    missing = shown - font.get_charmap().keys() - _told_missing - {ord("\n")}
    if missing:
        _told_missing.update(missing)
        letters = printable("".join(map(chr, sorted(missing))))
        _log.warning("pictures show boxes for letters that their font, DejaVu Sans, lacks: %s", letters)


def _set_up() -> None:
    global _is_set_up
    if _is_set_up:
        return
    # It writes a list of fonts where it is told to: in a container there is no home to write to.
    folder = None if "MPLCONFIGDIR" in os.environ else tempfile.mkdtemp(prefix="usermon-matplotlib-")
    if folder is not None:
        os.environ["MPLCONFIGDIR"] = folder
    for chatty in ("matplotlib", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        import matplotlib
        import matplotlib.font_manager
    finally:
        if folder is not None:
            # Read once, and needed no more.
            shutil.rmtree(folder, ignore_errors=True)
            del os.environ["MPLCONFIGDIR"]
    matplotlib.rcParams.update(
        {
            "font.family": ["DejaVu Sans"],  # comes with matplotlib, so pictures are the same everywhere
            "text.parse_math": False,  # a $ in a name is a $
            "svg.fonttype": "path",
            "svg.hashsalt": "usermon",
            "hatch.linewidth": 0.6,
            "axes.unicode_minus": False,
        }
    )
    _log.info("loaded matplotlib %s for pictures", matplotlib.__version__)
    _is_set_up = True
