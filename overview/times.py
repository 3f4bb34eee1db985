"""Times as programs read them: ISO 8601, UTC."""

import time
from functools import lru_cache


@lru_cache(maxsize=4096)  # thousands of users share the moment of one collection pass
def iso_time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def iso_time_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
