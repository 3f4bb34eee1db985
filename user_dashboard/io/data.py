"""This user's io.json, made ready for showing once, however often it is drawn."""

from dataclasses import dataclass
from pathlib import Path

from user_dashboard.own_file import OwnFile, check_owner
from usermon.published_io import PublishedIo, from_json
from usermon.state_folder import PUBLISHED_IO

DAY = 86_400
HOUR = 3600

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


@dataclass(frozen=True, slots=True)
class Io:
    """`daily` are the sums of all days, those of the hours too; times are the clock's on the wall."""

    published: PublishedIo
    daily_time: list[int]
    daily_total: list[int]
    size_words: list[str]

    @property
    def is_empty(self) -> bool:
        return not self.published.total

    @property
    def newest(self) -> int | None:
        """The beginning of the newest hour, or day, with operations."""
        hours, days = self.published.hours.time, self.published.days.time
        return hours[-1] if hours else days[-1] if days else None


class IoFile(OwnFile[Io]):
    def __init__(self, folder: Path, user: str) -> None:
        def parse(content: bytes) -> Io:
            published = from_json(content)
            check_owner(published.user, user)
            return prepare(published)

        super().__init__(folder / PUBLISHED_IO, parse)


def prepare(published: PublishedIo) -> Io:
    of_days = dict(zip(published.days.time, published.days.total, strict=True))
    for time, total in zip(published.hours.time, published.hours.total, strict=True):
        day = time // DAY * DAY
        of_days[day] = of_days.get(day, 0) + total
    words = [
        size_words(low, high) for low, high in zip(published.sizes.low, published.sizes.high, strict=True)
    ]
    daily = sorted(of_days.items())
    return Io(published, [day for day, _ in daily], [total for _, total in daily], words)


def size_words(low: int | None, high: int | None) -> str:
    """ "4 to 8 KiB" for a range from 4096 up to and without 8192 bytes."""
    if low is None:
        return f"below {_size(high or 0)}"
    if high is None:
        return f"{_size(low)} or more"
    if high == low + 1:
        return _size(low)
    (number, unit), (end, end_unit) = _parts(low), _parts(high)
    if low == 0:
        return f"below {end} {end_unit}"
    return f"{number} to {end} {end_unit}" if unit == end_unit else f"{number} {unit} to {end} {end_unit}"


def _size(size: int) -> str:
    number, unit = _parts(size)
    return "1 byte" if size == 1 else f"{number} {unit}"


def _parts(size: int) -> tuple[int, str]:
    """In the largest unit of which it is a whole number."""
    power = 0
    while size and size % 1024 == 0 and power < len(_UNITS) - 1:
        size //= 1024
        power += 1
    return size, _UNITS[power]
