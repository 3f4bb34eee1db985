"""Which days a report is about: whole ones, by the facility's clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1)
DAYS = {"week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class Period:
    """`first` and `last` are both within."""

    name: str
    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> int:
        """Epoch seconds of its first midnight."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> int:
        """Epoch seconds of the midnight after it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def first_day(self) -> int:
        """Days since 1970-01-01, as sums of days are kept."""
        return (self.first - _EPOCH).days

    @property
    def last_day(self) -> int:
        return (self.last - _EPOCH).days

    @property
    def words(self) -> str:
        return f"{self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


def period(name: str, until: date | None, now: float, zone: ZoneInfo) -> Period:
    """The `name`d stretch that ends with `until`, or with yesterday, the last day that is whole."""
    last = until or datetime.fromtimestamp(now, zone).date() - timedelta(days=1)
    return Period(name, last - timedelta(days=DAYS[name] - 1), last, zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
