"""An SVG as matplotlib writes it, told in fewer bytes; nobody sees a difference.

matplotlib tells every number to a millionth of a point, every bubble as eight curves, and a ground of dots as
a thousand bubbles: three quarters of a large picture. Here a number has hundredths of a point, a circle is
two arcs, of a ground stands the part that comes again, and neighbours of one look are told it once.
"""

import re
from collections.abc import Iterator
from itertools import groupby

_NUMBER = r"-?\d+(?:\.\d+)?"
_POINT = rf"{_NUMBER} {_NUMBER}"
_CIRCLE = re.compile(
    rf"M ({_POINT}) \n" + rf"(?:C (?:{_POINT} ){{2}}({_POINT}) \n)" * 8 + rf"(?:L {_POINT} \n)?z"
)
_PATH = re.compile(r'(?<= d=")[^"]+(?=")')
_PLACE = re.compile(r'(?<= [xy]=")[^"]+(?=")|(?<=translate\()[^)]+(?=\))')
_STYLE = re.compile(r'(?<= style=")[^"]+(?=")')
# Without `opacity`, which of a group is another than of each of its parts.
_SHAPE = re.compile(r' *<path (d="[^"]*")((?: clip-path="[^"]*")? style="(?!opacity|[^"]*;opacity)[^"]*")/>')
_FRACTION = re.compile(r"-?\d+\.\d+")
# matplotlib's tile is 72 points wide and high; all its grounds of circles come again after six or twelve.
_TILE = re.compile(r'(<pattern [^>]*)width="72" height="72"(>.*? d=")([^"]+)(".*?</pattern>)', re.DOTALL)
_PERIOD = 12


def slim(svg: str) -> str:
    svg = _TILE.sub(_small_tile, svg)
    svg = _PATH.sub(lambda path: _rounded(_CIRCLE.sub(_arcs, path[0])).replace(" \n", "").strip(), svg)
    svg = _PLACE.sub(lambda place: _rounded(place[0]), svg)
    svg = _STYLE.sub(lambda style: style[0].replace(": ", ":").replace("; ", ";"), svg)
    return "\n".join(_grouped(svg.split("\n")))


def _grouped(lines: list[str]) -> Iterator[str]:
    for look, run in groupby(lines, _look):
        alike = list(run)
        if look is None or len(alike) == 1:
            yield from alike
            continue
        yield f"<g{look}>"
        yield from (_SHAPE.sub(r"<path \1/>", line) for line in alike)
        yield "</g>"


def _look(line: str) -> str | None:
    shape = _SHAPE.fullmatch(line)
    return None if shape is None else shape[2]


def _small_tile(tile: re.Match[str]) -> str:
    head, middle, path, tail = tile.groups()
    circles = list(_CIRCLE.finditer(path))
    if _CIRCLE.sub("", path).strip() or not circles:
        return tile[0]
    # Those on the edge stand on the other edge too, half of each.
    kept = [one[0] for one in circles if all(-0.01 <= place <= _PERIOD + 0.01 for place in _middle(one))]
    return f'{head}width="{_PERIOD}" height="{_PERIOD}"{middle}{" ".join(kept)}{tail}'


def _middle(circle: re.Match[str]) -> tuple[float, float]:
    (x, y), (far_x, far_y) = _point(circle[1]), _point(circle[5])
    return (x + far_x) / 2, (y + far_y) / 2


def _arcs(circle: re.Match[str]) -> str:
    """Two halves, from one side to the other and back."""
    (x, y), (far_x, far_y) = _point(circle[1]), _point(circle[5])
    across = ((x - far_x) ** 2 + (y - far_y) ** 2) ** 0.5
    half = f"a{across / 2:f} {across / 2:f} 0 1 1"
    return f"M{x:f} {y:f}{half} {far_x - x:f} {far_y - y:f}{half} {x - far_x:f} {y - far_y:f}z"


def _point(words: str) -> tuple[float, float]:
    x, y = words.split()
    return float(x), float(y)


def _rounded(words: str) -> str:
    return _FRACTION.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), words)
