"""Amounts in few letters, as pictures and reports write them."""

from alerts.words import amount_held
from usermon.units import GIB

_SIZES = ((1024**6, "EiB"), (1024**5, "PiB"), (1024**4, "TiB"), (GIB, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
_COUNTS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def size_unit(largest: float) -> tuple[float, str]:
    """The unit, in bytes and in words, in which amounts up to `largest` are told."""
    return next(((unit, name) for unit, name in _SIZES if abs(largest) >= unit), (1, "B"))


def size_words(amount: float) -> str:
    """Bytes: "11.3 TiB"."""
    unit, name = size_unit(amount)
    return f"{_three_digits(amount / unit)} {name}"


def held_change_words(amount: int) -> str:
    """Bytes that a user holds more or less: "+1,130 GiB", as tables of users tell it."""
    return f"{'+' if amount > 0 else '-'}{amount_held(abs(amount))}" if amount else "no change"


def change_words(amount: float) -> str:
    """Bytes more or less: "+1.2 TiB"."""
    return f"{'+' if amount > 0 else ''}{size_words(amount)}" if amount else "no change"


def count_words(amount: float) -> str:
    """ "12 300" as "12.3 k"; whole below a thousand."""
    for power, letter in _COUNTS:
        if abs(amount) >= power:
            return f"{_three_digits(amount / power)} {letter}"
    return f"{amount:.0f}"


def count_change_words(amount: float) -> str:
    return f"{'+' if amount > 0 else ''}{count_words(amount)}"


def counted(count: int, noun: str) -> str:
    """ "1 host", "2 hosts"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _three_digits(amount: float) -> str:
    size = abs(amount)
    text = f"{amount:.2f}" if size < 10 else f"{amount:.1f}" if size < 100 else f"{amount:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
