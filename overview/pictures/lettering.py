"""How wide words are in the pictures' font, and words cut so that they fit.

Whoever asks holds `drawing()`: matplotlib measures.
"""

from typing import Literal

Weight = Literal["normal", "bold"]

# Between a user and a volume.
PAIR = " · "
_POINTS_PER_INCH = 72


def inches(words: str, size: float, weight: Weight = "normal") -> float:
    """How wide `words` are, of letters of `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, False)
    return float(width) / _POINTS_PER_INCH


def fitted(words: str, room: float, size: float, weight: Weight = "normal") -> str:
    """No wider than `room` inches: what is too long loses its middle, since names of one kind begin alike and
    often end alike too. Of a user and a volume both stay to be seen."""
    if inches(words, size, weight) <= room:
        return words
    user, pair, volume = words.rpartition(PAIR)
    if pair:
        volume = _cut(volume, room / 2, size, weight)
        return _cut(user, room - inches(pair + volume, size, weight), size, weight) + pair + volume
    return _cut(words, room, size, weight)


def _cut(words: str, room: float, size: float, weight: Weight) -> str:
    if inches(words, size, weight) <= room:
        return words
    # The most letters that fit, by halves: names of a thousand letters are measured a dozen times.
    fits, too_many = 0, len(words)
    while too_many - fits > 1:
        many = (fits + too_many) // 2
        if inches(_without_middle(words, many), size, weight) <= room:
            fits = many
        else:
            too_many = many
    return _without_middle(words, fits)


def _without_middle(words: str, letters: int) -> str:
    head = (letters + 1) // 2
    tail = letters - head
    return f"{words[:head]}…{words[len(words) - tail :]}"
