"""How troubles are put: amounts, lists, addresses."""

from collections.abc import Sequence
from urllib.parse import quote

from usermon.quotas import short_amount
from usermon.units import GIB, SIZES

_NAMED = 3


def size(amount: int) -> str:
    for unit, name in SIZES:
        if amount >= unit:
            return f"{amount / unit:,.1f}".removesuffix(".0") + f" {name}"
    return f"{amount} B"


def amount_held(amount: int) -> str:
    """What a user holds or may hold, in the unit of the pages' tables, so that both show the same number."""
    return f"{short_amount(amount / GIB)} GiB" if amount >= GIB else size(amount)


def some_of(reasons: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(reasons) - _NAMED
    shown = "; ".join(reasons[:_NAMED])
    return f"{shown}; and {more} more" if more > 0 else shown


def path_of(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def amount_of_files(count: int) -> str:
    return f"{count:,} files"


def period(seconds: int) -> str:
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit and seconds % unit == 0:
            count = seconds // unit
            return f"{count} {name}{'s' * (count != 1)}"
    return f"{seconds} seconds"


def full_in(days: float) -> str:
    count = max(1, round(days))
    return f"full in about {count:,} day{'s' * (count != 1)}"
