"""How much this user has beside the median of all: words and the lengths of two bars. Pure."""

from dataclasses import dataclass

from user_dashboard.wording import number


@dataclass(frozen=True, slots=True)
class ComparedAmount:
    """One amount; shares, from 0 to 1, are of the longer bar."""

    what: str
    own: str
    own_share: float
    median: str
    median_share: float
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    users: int
    amounts: tuple[ComparedAmount, ...]


def compared(what: str, unit: str, own: float | int, median: float | int) -> ComparedAmount:
    longest = max(own, median) or 1
    return ComparedAmount(
        what,
        f"{short(own)} {unit}",
        own / longest,
        f"{short(median)} {unit}",
        median / longest,
        _times(own, median),
    )


def short(value: float | int) -> str:
    """As many digits as one compares by: 1 234 567 stays, 12.3456 is 12.3."""
    rounded = round(value) if value >= 100 else round(value, 1 if value >= 1 else 2)
    return number(int(rounded) if rounded == int(rounded) else rounded)


def _times(own: float | int, median: float | int) -> str:
    if not median:
        return ""
    times = own / median
    if not own:
        return "you have none"
    if 0.95 <= times <= 1.05:
        return "about the median"
    if times >= 1:
        return f"{short(times) if times < 1000 else 'over 1000'} times the median"
    percent = round(100 * times)
    return f"{percent} % of the median" if percent else "less than 1 % of the median"
