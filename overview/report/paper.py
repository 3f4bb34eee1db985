"""A report as one A4 page of PDF, drawn by the library that draws its plots: no other one is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from overview.pictures.brush import Brush
from overview.pictures.drawing import pdf_of
from overview.pictures.lettering import fitted, inches
from overview.pictures.sheet import Frame, Sheet
from overview.report.told import Section, Table, Told

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure
else:
    Figure = SubFigure = Any

# All in inches, from the top left corner of an A4 page.
_WIDTH, _HEIGHT = 8.27, 11.69
_MARGIN = 0.55
_TEXT_TOP, _TEXT_BOTTOM = 1.15, 8.6
_FOOT = 0.4
_PLOT = 2.1  # at least so high
_COLUMN = 3.45
_LINE = 0.152
_LETTERS = 56
_CELL_SIZE = 7.5
_CELL_GAP = 0.08
_TITLE_SIZES = (16.0, 14.0, 12.5)
_TITLE_LINE = 0.25
_MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a column; a row of a table has several `cells`."""

    cells: tuple[str, ...]
    kind: str = "text"  # title, bad, text, caption, head, row, gap


def pdf_page(told: Told, sheets: Sequence[Sheet], frame: Frame) -> bytes:
    """One page, whatever there is to say; the same report gives the same bytes."""

    def fill(figure: Figure) -> None:
        figure.get_layout_engine().set(w_pad=_MARGIN)  # type: ignore[union-attr,call-arg]
        columns = _columns([list(_lines_of(section)) for section in told.sections])
        _write(_Pen(figure, frame), told, columns)
        text = _TEXT_TOP + _LINE * (1 + max(len(column) for column in columns))
        left = _HEIGHT - _FOOT - text
        parts = figure.subfigures(3, 1, squeeze=False, height_ratios=(text, left, _FOOT))[:, 0]
        for part in parts:
            part.set_facecolor("none")
        _paint(parts[1], sheets[: int(left / _PLOT)], frame)

    return pdf_of(_WIDTH, _HEIGHT, frame.theme, told.title, fill)


def _write(pen: "_Pen", told: Told, columns: Sequence[Sequence[_Line]]) -> None:
    soft = pen.frame.theme.ink_soft
    _write_title(pen, told.title)
    pen.text(told.subtitle, _MARGIN, 0.85, size=8.5, color=soft)
    left, right = columns
    pen.column(left, _MARGIN)
    pen.column(right, _WIDTH - _MARGIN - _COLUMN)
    made = "Made by Usermon from what was collected. 1 GiB is 1024³ bytes, what quota tools call GB."
    pen.text(made, _MARGIN, _HEIGHT - 0.3, size=7, color=soft)


def _write_title(pen: "_Pen", title: str) -> None:
    """In one line, or two where it would be small, as large as it fits."""
    room = _WIDTH - 2 * _MARGIN
    name, colon, rest = title.partition(": ")
    in_two = [name + colon.rstrip(), rest] if rest else [title]
    for size in _TITLE_SIZES:
        for shown in ([title], in_two):
            if all(inches(line, size, "bold") <= room for line in shown):
                return pen.title(shown, size)
    return pen.title([fitted(line, room, size, "bold") for line in in_two], size)


def _columns(sections: Sequence[list[_Line]]) -> tuple[list[_Line], list[_Line]]:
    """Sections stay whole; cut where the longer column is shortest, and of two such places as late as can be:
    what stands alone stands on the left."""
    room = int((_TEXT_BOTTOM - _TEXT_TOP) / _LINE)
    heights = [len(lines) for lines in sections]
    cut = min(range(len(sections), -1, -1), key=lambda place: max(sum(heights[:place]), sum(heights[place:])))
    columns = (
        [line for lines in sections[:cut] for line in lines],
        [line for lines in sections[cut:] for line in lines],
    )
    return columns[0][:room], columns[1][:room]


def _lines_of(section: Section) -> Iterator[_Line]:
    yield _Line((section.title,), "bad" if section.is_bad else "title")
    yield from (_Line((line,)) for line in wrap(section.words, _LETTERS))
    for told in section.lines:
        first, *others = wrap(told, _LETTERS - 2, max_lines=2, placeholder=" …") or [""]
        yield _Line((f"• {first}",))
        yield from (_Line((f"   {other}",)) for other in others)
    for table in section.tables:
        yield from _lines_of_table(table)
    yield _Line((), "gap")


def _lines_of_table(table: Table) -> Iterator[_Line]:
    if not table.rows:
        return
    yield _Line((table.title, *table.head[1:]), "head")
    for row in table.rows[:_MOST_ROWS]:
        yield _Line(row, "row")
    if len(table.rows) > _MOST_ROWS:
        yield _Line((f"and {len(table.rows) - _MOST_ROWS} more",), "row")


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes on the page, in inches from its top left corner."""

    figure: "Figure"
    frame: Frame

    def text(self, text: str, left: float, top: float, **how: Any) -> None:
        how.setdefault("size", 8)
        how.setdefault("color", self.frame.theme.ink)
        self.figure.text(left / _WIDTH, 1 - top / _HEIGHT, text, **how)

    def title(self, lines: Sequence[str], size: float) -> None:
        for back, line in enumerate(reversed(lines)):
            self.text(line, _MARGIN, 0.6 - back * _TITLE_LINE, size=size, weight="bold")

    def column(self, lines: Sequence[_Line], left: float) -> None:
        theme = self.frame.theme
        top = _TEXT_TOP + _LINE
        for line in lines:
            if line.kind in ("title", "bad"):
                colour = theme.series[1].colour if line.kind == "bad" else theme.ink
                self.text(line.cells[0], left, top, size=10.5, weight="bold", color=colour)
            elif line.kind in ("head", "row"):
                self._row(line, left, top)
            elif line.cells:
                self.text(line.cells[0], left, top, size=8)
            top += _LINE

    def _row(self, line: _Line, left: float, top: float) -> None:
        theme = self.frame.theme
        colour = theme.ink_soft if line.kind == "head" else theme.ink
        first, *others = line.cells
        # Beside one another stand "131,072 GiB" and "+131,072 GiB".
        step = _COLUMN * {2: 0.24, 3: 0.2}.get(len(others), 0.168)
        room = _COLUMN
        for back, cell in enumerate(reversed(others)):
            right = _COLUMN - back * step
            self.text(cell, left + right, top, size=_CELL_SIZE, color=colour, ha="right")
            room = right - inches(cell, _CELL_SIZE) - _CELL_GAP
        self.text(fitted(first, room, _CELL_SIZE), left, top, size=_CELL_SIZE, color=colour)


def _paint(plots: "SubFigure", sheets: Sequence[Sheet], frame: Frame) -> None:
    if not sheets:
        return
    places = plots.subfigures(len(sheets), 1, squeeze=False)[:, 0]
    for place, sheet in zip(places, sheets, strict=True):
        place.set_facecolor("none")
        title, body = place.subfigures(2, 1, squeeze=False, height_ratios=(1, 9))[:, 0]
        for part in (title, body):
            part.set_facecolor("none")
        title.text(_MARGIN / _WIDTH, 0.3, sheet.title, size=9.5, weight="bold", color=frame.theme.ink)
        if sheet.paint is not None:
            sheet.paint(body, Brush(frame.theme, frame.zone))
