"""Numbers, times and sizes as people read them."""

from datetime import datetime, tzinfo

from usermon.numbers import number

__all__ = ["age", "change", "date_and_time", "listed", "number", "plain"]

_MINUS = "\u2212"


def plain(value: float | int) -> str:
    """For programs: no blanks, no exponent, the digits of the report."""
    return str(value) if isinstance(value, int) else f"{value:.8f}".rstrip("0").rstrip(".")


def change(value: float | int) -> tuple[str, str]:
    """A sign that needs no colour, and the words for it."""
    if value > 0:
        return "▲", f"+{number(value)}"
    if value < 0:
        return "▼", f"{_MINUS}{number(-value)}"
    return "=", "0"


def clock_zone(ahead: int) -> str:
    """Of a clock that is so many seconds ahead of UTC: "UTC+01:00"."""
    hours, minutes = divmod(abs(ahead) // 60, 60)
    return f"UTC{'−' if ahead < 0 else '+'}{hours:02}:{minutes:02}" if hours or minutes else "UTC"


def date_and_time(second: int, zone: tzinfo) -> str:
    moment = datetime.fromtimestamp(second, zone)
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def age(seconds: float) -> str:
    """ "just now", "12 minutes ago", "3 days ago". The page's script says it in the same words."""
    if seconds < 90:
        return "just now"
    for unit, size in (
        ("year", 31_557_600),
        ("month", 2_629_800),
        ("day", 86400),
        ("hour", 3600),
        ("minute", 60),
    ):
        count = int(seconds // size)
        if count >= 2 or (count == 1 and unit != "minute"):
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "a minute ago"


def listed(words: list[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
