"""SVG pictures in few bytes: what is drawn stays, and where."""

import xml.etree.ElementTree as ET
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from overview.pictures.brush import Brush
from overview.pictures.drawing import draw
from overview.pictures.sheet import Frame, Sheet
from overview.pictures.slim_svg import slim
from web_shared.chart_theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

SVG = "{http://www.w3.org/2000/svg}"
BUBBLES = 500
# As matplotlib tells a circle of 4 points around (10, 20), its beginning at (10, 24).
CIRCLE = "M 10.000000 24.000000 \n" + "".join(
    f"C 1 1 1 1 {x} {y} \n"
    for x, y in ((12.8, 22.8), (14, 20), (12.8, 17.2), (10, 16), (7.2, 17.2), (6, 20), (7.2, 22.8), (10, 24))
)


def _bubbles(canvas: "SubFigure", brush: Brush) -> None:
    chance = Random(3)
    axes = brush.axes(canvas)
    x, y, sizes = ([chance.random() for _ in range(BUBBLES)] for _ in range(3))
    axes.scatter(x, y, s=[99 * size for size in sizes], edgecolors="#ffffff")
    axes.barh(0, 1, hatch="....", color="#0072b2")


def test_hundreds_of_bubbles_and_a_dotted_ground_are_a_small_picture() -> None:
    sheet = Sheet("Many bubbles", "", None, _bubbles)
    picture = ET.fromstring(draw(sheet, Frame(LIGHT, ZoneInfo("UTC"), "Facility"), "svg"))
    # As it came from matplotlib, 600 KB.
    assert len(ET.tostring(picture)) < 100_000
    bubbles = [path for path in picture.iter(f"{SVG}path") if path.get("d", "").count("a") == 2]
    assert len(bubbles) == BUBBLES


def test_a_circle_is_two_arcs_and_numbers_have_hundredths() -> None:
    told = slim(f'<path d="{CIRCLE}z\n"/><use x="1.234567" y="2.000000" transform="translate(3.14159 0)"/>')
    assert told == (
        '<path d="M10 24a4 4 0 1 1 0 -8a4 4 0 1 1 0 8z"/><use x="1.23" y="2" transform="translate(3.14 0)"/>'
    )


def test_neighbours_of_one_look_are_told_it_once_but_no_opacity() -> None:
    alike = '<path d="M 1 1" style="fill: none; stroke: #566172"/>'
    faint = '<path d="M 1 1" style="fill: none; opacity: 0.5"/>'
    told = slim("\n".join([alike, alike, faint, faint, alike]))
    assert told.split("\n") == [
        '<g style="fill:none;stroke:#566172">',
        '<path d="M 1 1"/>',
        '<path d="M 1 1"/>',
        "</g>",
        *['<path d="M 1 1" style="fill:none;opacity:0.5"/>'] * 2,
        '<path d="M 1 1" style="fill:none;stroke:#566172"/>',
    ]


def test_a_ground_of_circles_becomes_what_comes_again_and_others_stay_whole() -> None:
    tile = '<pattern id="a" x="0" y="0" width="72" height="72">\n <rect/>\n <path d="{}"/>\n</pattern>'
    lines = tile.format("M -36 36 \nL 36 -36 \n")
    assert 'width="72" height="72"' in slim(lines)
    # Of circles stand those within the first twelve points: this one is of another row.
    assert slim(tile.format(f"{CIRCLE}z\n")) == tile.format("").replace("72", "12")
