"""How large reads are: in ranges as the logs give them, or in powers of two where those are too many."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from usage_store.io_owners import Owners, total
from usage_store.io_ranges import IoRange
from usage_store.io_walk import sizes_of_day
from usage_store.schema_io import io_day_sizes, io_machine_sizes, io_size_ranges

# As many as there are bits in a size, and those at the ends.
_MOST_RANGES = 66


@dataclass(frozen=True, slots=True)
class SizeBucket:
    """Reads of `low` bytes up to and without `high`; None: no end on that side."""

    low: int | None
    high: int | None
    total: int


def sizes_of_all(connection: Connection, span: IoRange) -> list[SizeBucket]:
    """Everybody's reads by size, the smallest first."""
    if span.in_whole_days:
        sums = io_machine_sizes if span.is_all else io_day_sizes
        query = select(sums.c.range_id, total(sums.c.total)).group_by(sums.c.range_id)
        if not span.is_all:
            query = query.where(sums.c.day >= span.first_day)
        return histogram(connection, dict(connection.execute(query).tuples().all()))
    return histogram(connection, sizes_of_day(connection, span))


def sizes_of_one(connection: Connection, owners: Owners, number: int) -> list[SizeBucket]:
    """What one of `owners` read in all time, by size."""
    sizes = owners.sizes
    query = select(sizes.c.range_id, sizes.c.total).where(sizes.c[owners.key] == number)
    return histogram(connection, dict(connection.execute(query).tuples().all()))


def histogram(connection: Connection, totals: Mapping[int, int]) -> list[SizeBucket]:
    """Buckets from totals by the id of a range, the smallest first, none left out between powers of two."""
    columns = (io_size_ranges.c.id, io_size_ranges.c.low, io_size_ranges.c.high)
    ranges = {number: (low, high) for number, low, high in connection.execute(select(*columns))}
    found: Counter[tuple[int | None, int | None]] = Counter()
    for number, read in totals.items():
        found[ranges[number]] += read
    if len(found) > _MOST_RANGES:
        found = _in_powers(found)
    for low, high in _powers_between(found):
        found[low, high] += 0
    in_order = sorted(
        found, key=lambda ends: (ends[0] is not None, ends[0] or 0, ends[1] is None, ends[1] or 0)
    )
    return [SizeBucket(low, high, found[low, high]) for low, high in in_order]


def _in_powers(found: Counter[tuple[int | None, int | None]]) -> Counter[tuple[int | None, int | None]]:
    """By the power of two at which each range begins."""
    powers: Counter[tuple[int | None, int | None]] = Counter()
    for (low, high), read in found.items():
        if not low:
            powers[low, high] += read
        else:
            power = 1 << (low.bit_length() - 1)
            powers[power, power * 2] += read
    return powers


def _powers_between(found: Counter[tuple[int | None, int | None]]) -> list[tuple[int, int]]:
    """The powers of two between the smallest and the largest, where all are such: an axis that is a scale."""
    positive = [(low, high) for low, high in found if low]
    if not positive or any(high is None or high != low * 2 or low & (low - 1) for low, high in positive):
        return []
    lowest, highest = min(low for low, _ in positive), max(low for low, _ in positive)
    return [(1 << bits, 2 << bits) for bits in range(lowest.bit_length() - 1, highest.bit_length())]
