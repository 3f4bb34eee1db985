"""What all users together hold on each volume, day by day: kept with every save, so that a year of thousands
of users is read from a few hundred rows.

A row says by how much a day changed the total. So a user who is not measured for a while counts with what was
known last, as on the page of everybody's numbers, and a sample that comes late mends two days and no more.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import accumulate

from sqlalchemy import ColumnElement, Connection, Double, case, cast, func, select

from usage_store.engine import upsert
from usage_store.retention import DAY_SECONDS
from usage_store.schema import storage_latest, storage_samples, volumes
from usage_store.schema_rollups import storage_days
from usermon.records import LARGEST_NUMBER

# Time, bytes and files.
Point = tuple[int, int, int]
_NOTHING: Point = (0, 0, 0)
_SUMS = ("used_bytes", "files", "first_bytes", "first_files", "series")
_COLUMNS = (storage_samples.c.time, storage_samples.c.used_bytes, storage_samples.c.files)


@dataclass(frozen=True, slots=True)
class VolumeDays:
    """A volume through time, all lists of one length: the moment at which each day ended (of the newest day:
    its newest sample), what all users together held then, how many they were; and how much of it all was held
    already by users when they were measured for the first time: of that nobody knows when it came."""

    time: list[int]
    used_bytes: list[int]
    files: list[int]
    users: list[int]
    first_bytes: list[int]
    first_files: list[int]

    def until(self, end: int) -> "VolumeDays | None":
        """What was known by then, of a moment long past; None: nothing."""
        count = bisect_right(self.time, end)
        return VolumeDays(*(getattr(self, column.name)[:count] for column in fields(self))) if count else None


class DayChanges:
    """Sums up what samples change, by volume and day, until `save` adds it to what stands."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(_SUMS))

    def add(
        self,
        volume_id: int,
        points: Iterable[Point],
        before: Point | None,
        first_time: int,
        sign: int = 1,
    ) -> None:
        """`points` ascending; `before` them stood that, or nothing: then the user is new. What changes on the
        day of `first_time`, that of the user's first sample ever, has not grown but come to be known."""
        first_day = _day_of(first_time)
        is_new = before is None
        _, bytes_before, files_before = before or _NOTHING
        for time, used_bytes, files in points:
            day = _day_of(time)
            sums = self._sums[volume_id, day]
            sums[0] += sign * (used_bytes - bytes_before)
            sums[1] += sign * (files - files_before)
            if day == first_day:
                sums[2] += sign * (used_bytes - bytes_before)
                sums[3] += sign * (files - files_before)
            sums[4] += sign * is_new
            bytes_before, files_before, is_new = used_bytes, files, False

    def replace(
        self,
        connection: Connection,
        series: tuple[int, int],
        fresh: Mapping[int, tuple[int, int]],
        first_time: int,
    ) -> None:
        """Of samples some of which come late: bytes and files by time, not yet saved. `first_time` is that of
        the first sample that was ever saved of this series."""
        before, stored = _neighbours(connection, series, min(fresh))
        # Earlier ones of the same day may have gone because one a day is kept.
        if before is None and stored and first_time < _day_of(stored[0][0]):
            # What stood before has been counted and is gone: nothing is known to which this would add.
            fresh = {time: amounts for time, amounts in fresh.items() if time >= stored[0][0]}
            before = stored[0]
        merged = {time: (used_bytes, files) for time, used_bytes, files in stored} | dict(fresh)
        self.add(series[1], stored, before, first_time, sign=-1)
        points = ((time, *merged[time]) for time in sorted(merged))
        self.add(series[1], points, before, min(first_time, *merged))

    def save(self, connection: Connection) -> None:
        rows = [
            {"volume_id": volume_id, "day": day, **dict(zip(_SUMS, map(_within, sums), strict=True))}
            for (volume_id, day), sums in sorted(self._sums.items())
            if any(sums)
        ]
        if not rows:
            return
        statement = upsert(connection, storage_days)
        summed = {name: _sum_of(storage_days.c[name], statement.excluded[name]) for name in _SUMS}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["volume_id", "day"], set_=summed), rows
        )


def _within(amount: int) -> int:
    """As far as a column reaches: nonsense told of two users costs the day's sum, not the save."""
    return max(-LARGEST_NUMBER, min(amount, LARGEST_NUMBER))


def _sum_of(stands: ColumnElement[int], comes: ColumnElement[int]) -> ColumnElement[int]:
    about = cast(stands, Double) + cast(comes, Double)
    return case(
        (about >= float(LARGEST_NUMBER), LARGEST_NUMBER),
        (about <= -float(LARGEST_NUMBER), -LARGEST_NUMBER),
        else_=stands + comes,
    )


def _day_of(time: int) -> int:
    return time // DAY_SECONDS * DAY_SECONDS


def _neighbours(
    connection: Connection, series: tuple[int, int], first: int
) -> tuple[Point | None, list[Point]]:
    """The sample before `first`, and all from there on."""
    query = select(*_COLUMNS).where(
        storage_samples.c.user_id == series[0], storage_samples.c.volume_id == series[1]
    )
    earlier = query.where(storage_samples.c.time < first).order_by(storage_samples.c.time.desc()).limit(1)
    later = query.where(storage_samples.c.time >= first).order_by(storage_samples.c.time)
    before = connection.execute(earlier).one_or_none()
    return (None if before is None else (*before,)), [(*row,) for row in connection.execute(later)]


def volume_days(connection: Connection) -> dict[str, VolumeDays]:
    """All volumes with data, by name."""
    newest_time = select(storage_latest.c.volume_id, func.max(storage_latest.c.time).label("time")).group_by(
        storage_latest.c.volume_id
    )
    newest = {row.volume_id: row.time for row in connection.execute(newest_time)}
    query = (
        select(volumes.c.id, volumes.c.name, storage_days.c.day, *(storage_days.c[name] for name in _SUMS))
        .join(volumes, volumes.c.id == storage_days.c.volume_id)
        .order_by(volumes.c.name, storage_days.c.day)
    )
    found: dict[str, list[list[int]]] = {}
    ends: dict[str, int] = {}
    for volume_id, name, *row in connection.execute(query):
        found.setdefault(name, []).append(row)
        ends[name] = newest.get(volume_id, 0)
    return {name: _totals(rows, ends[name]) for name, rows in found.items()}


def _totals(rows: list[list[int]], newest: int) -> VolumeDays:
    last_day = rows[-1][0]
    if newest >= last_day + DAY_SECONDS:
        # Samples came since, and nothing changed: no row says so.
        rows = [*rows, [_day_of(newest), *(0 for _ in _SUMS)]]
    days, used_bytes, files, first_bytes, first_files, series = zip(*rows, strict=True)
    return VolumeDays(
        time=[min(day + DAY_SECONDS, max(newest, day)) for day in days],
        used_bytes=list(accumulate(used_bytes)),
        files=list(accumulate(files)),
        users=list(accumulate(series)),
        first_bytes=list(accumulate(first_bytes)),
        first_files=list(accumulate(first_files)),
    )
