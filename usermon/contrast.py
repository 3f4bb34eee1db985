"""How well one colour can be read on another, and the nearest colour that can be.

The formula is that of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import colorsys
import re
from collections.abc import Sequence

# Level AA, for text of any size.
READABLE = 4.5
_STEPS = 200
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


def is_colour(text: object) -> bool:
    """Whether `text` is a colour as we take them: "#0b5a9d"."""
    return isinstance(text, str) and _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str, grounds: Sequence[str], *, darker: bool, ratio: float = READABLE) -> str:
    """`colour` itself where it can be read on all `grounds`; else the nearest of its hue that can.

    `darker` says which way to go: grounds are light, or dark. Black or white can always be read on grounds
    that a page has.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    end = 0.0 if darker else 1.0
    for step in range(_STEPS + 1):
        moved = lightness + (end - lightness) * step / _STEPS
        tried = colour.lower() if step == 0 else _text(colorsys.hls_to_rgb(hue, moved, saturation))
        if all(contrast(tried, ground) >= ratio for ground in grounds):
            return tried
    return "#000000" if darker else "#ffffff"


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _text(parts: Sequence[float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
