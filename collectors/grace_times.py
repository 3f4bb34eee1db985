"""What is left of a grace time, as quota tools write it: "6 days", "6days", "6d23h59m55s", "23:59", or the
epoch second of its end."""

import re

from usermon.records import LONGEST_GRACE

EXPIRED = "expired"
_NONE_LEFT = frozenset(("expired", "none"))
_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_SECONDS = {name[0]: size for name, size in _UNITS}
_PART = re.compile(r"(\d{1,9}) ?(weeks?|days?|hours?|minutes?|mins?|seconds?|secs?|[wdhms])", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):(\d\d)", re.ASCII)
_EPOCH = re.compile(r"\d{9,10}", re.ASCII)


def seconds_left(text: str, now: float) -> int | None:
    """0 when the time is over; None for a text that is no time."""
    text = text.strip().lower()
    if text in _NONE_LEFT:
        return 0
    if clock := _CLOCK.fullmatch(text):
        return 3600 * int(clock[1]) + 60 * int(clock[2])
    if _EPOCH.fullmatch(text):
        return max(0, int(text) - int(now))
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        return None
    return sum(int(count) * _SECONDS[unit[0]] for count, unit in parts)


def in_words(seconds: int) -> str:
    """ "6 days", "6 days 23 hours", "expired": the two largest units, rounded down."""
    words: list[str] = []
    for unit, size in _UNITS[1:]:
        count, seconds = divmod(seconds, size)
        if count or words:
            words.append(f"{count} {unit}{'' if count == 1 else 's'}" if count else "")
        if len(words) == 2:
            break
    return " ".join(word for word in words if word) or EXPIRED


def shortest(graces: list[str], now: float) -> str | None:
    """The one that matters first, in words of one kind; one that is no time stands as it is."""
    known = [left for grace in graces if (left := seconds_left(grace, now)) is not None]
    if known:
        return in_words(min(known))[:LONGEST_GRACE]
    return graces[0][:LONGEST_GRACE] if graces else None
