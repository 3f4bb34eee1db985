"""How long what was measured is kept: the table [retention] of usermon.toml.

    [retention]
    storage = "forever"        # samples; beyond 35 days one a day
    io = "3y"                  # sessions and their operations
    queues = "forever"         # sums of clusters, finished jobs
    queues_in_full = "35d"     # ... of which so long every poll, then one an hour
    hosts = "forever"          # how hosts did
    hosts_in_full = "30d"      # ... of which so long every minute, then hours
    backups = "forever"        # tarballs that are listed no more
    alerts = "forever"         # those that ended

A period is a number and d or y (365 days), or "forever".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from usermon.errors import SettingsError

DAY_SECONDS = 86_400
_PERIOD = re.compile(r"([1-9][0-9]{0,4})\s*([dy])", re.ASCII)
_DAYS = {"d": 1, "y": 365}


@dataclass(frozen=True, slots=True)
class Retention:
    """In seconds, whole days; None is forever."""

    storage: int | None = None
    io: int | None = None
    queues: int | None = None
    queues_in_full: int | None = 35 * DAY_SECONDS
    hosts: int | None = None
    hosts_in_full: int | None = 30 * DAY_SECONDS
    backups: int | None = None
    alerts: int | None = None


RETENTION_KEYS = frozenset(field.name for field in fields(Retention))


def read_retention(table: Mapping[str, object], where: str) -> Retention:
    """The known keys of `table`. Raises SettingsError, naming the key that is wrong after `where`."""
    given = {name: _seconds(table[name], f"{where}.{name}") for name in RETENTION_KEYS & table.keys()}
    return Retention(**given)


def _seconds(text: object, where: str) -> int | None:
    if text == "forever":
        return None
    match = _PERIOD.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise SettingsError(
            where, f"{where} is {text!r}", 'Write a number and d or y, "35d" or "3y", or "forever".'
        )
    return int(match[1]) * _DAYS[match[2]] * DAY_SECONDS
