"""Moments that reports without times of their own may speak of."""

from datetime import UTC, datetime, timedelta

from collectors.parsers.local_clock import AHEAD_SECONDS


def fault_of_moment(seconds: float, now: float) -> str | None:
    """Why nothing can have been measured then: it would stand as the newest until that time comes, or
    before everything else. None: nothing is wrong with it."""
    if 0 <= seconds <= now + AHEAD_SECONDS:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    return f"{moment:%Y-%m-%d %H:%M} UTC is {'in the future' if seconds > now else 'before 1970'}"
