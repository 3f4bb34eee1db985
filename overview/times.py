"""Times as programs read them: ISO 8601, UTC."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)  # thousands of users share the moment of one collection pass
def iso_time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    return moment.isoformat().replace("+00:00", "Z")


def iso_time_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
