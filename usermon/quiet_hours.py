"""Hours of the day in which people sleep: "22:00-07:00", on the clock of the site."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from usermon.toml_values import wrong

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to before `end`, minutes of the day; over midnight where the end comes first."""

    start: int
    end: int

    def holds(self, now: float, timezone: str) -> bool:
        local = datetime.fromtimestamp(now, ZoneInfo(timezone))
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


def read_quiet_hours(value: object, where: str) -> QuietHours:
    """Raises SettingsError."""
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong(where, value, 'Write two times of the day: "22:00-07:00".')
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if start == end:
        raise wrong(where, value, "Write two different times, or take the line out.")
    return QuietHours(start, end)
