"""Local times of a report, as UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# A clock may be a little ahead of ours. Further ahead is a wrong clock, and would stand as the newest
# sample until its time comes.
AHEAD_SECONDS = 86_400
_NO_SHIFT = timedelta(0)


class BadTime(ValueError):
    """Why a text or a time is no moment that was."""


class LocalClock:
    """From local times in their order to epoch seconds: at the end of summer time an hour comes twice, and
    only the order tells which one is meant. `after` is the time of what came before."""

    def __init__(self, zone: ZoneInfo, latest: float, after: datetime | None = None) -> None:
        self._zone = zone
        self._latest = latest
        self._before = after

    def epoch(self, local: datetime) -> int:
        """Raises BadTime, as `utc` does."""
        return int(self.utc(local).timestamp())

    def utc(self, local: datetime) -> datetime:
        """Raises BadTime for a time that no clock of the zone ever showed, or later than `latest`."""
        if local.year < 1970:
            raise BadTime("the time is before 1970: was the clock set?")
        try:
            time = local.replace(tzinfo=self._zone).astimezone(UTC)
            first = self._zone.utcoffset(local) or _NO_SHIFT
            second = self._zone.utcoffset(local.replace(fold=1)) or _NO_SHIFT
        except OverflowError:
            raise BadTime("there is no such time") from None
        shift = first - second
        if shift < _NO_SHIFT:
            raise BadTime(f"the clocks of {self._zone.key} skip this time: is the source's timezone right?")
        if shift and self._before is not None and time <= self._before < time + shift:
            time += shift
        if time.timestamp() > self._latest:
            raise BadTime("the time is in the future: is a clock wrong?")
        self._before = time
        return time
