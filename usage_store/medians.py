"""What is usual: medians over all users who have any, from which nobody's own numbers can be told.

Of few users there is no median, and those there are are rounded: of an odd number of users the median is one
user's very number.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, cast, func, select

from usage_store.retention import DAY_SECONDS
from usage_store.schema import storage_latest, volumes
from usage_store.schema_io import io_user_days
from usage_store.schema_queues import clusters, finished_sums
from usermon.units import GIB

FEWEST_USERS = 5
MONTH_DAYS = 30
_DIGITS = 2


class Median(NamedTuple):
    """Of each amount on its own, over so many `users`; rounded in the unit in which people read it."""

    users: int
    amounts: tuple[float, ...]


def storage_medians(connection: Connection) -> dict[str, Median]:
    """GiB and files by volume, over the users who hold any there."""
    query = select(volumes.c.name, storage_latest.c.used_bytes, storage_latest.c.files).join(
        volumes, volumes.c.id == storage_latest.c.volume_id
    )
    held: dict[str, list[tuple[float, int]]] = {}
    for volume, used_bytes, files in connection.execute(query):
        if used_bytes or files:
            held.setdefault(volume, []).append((used_bytes / GIB, files))
    found = ((volume, _median(of_users)) for volume, of_users in sorted(held.items()))
    return {volume: median for volume, median in found if median is not None}


def newest_io_day(connection: Connection) -> int | None:
    """The day of anybody's newest operations, counted from 1970-01-01, as clocks on the wall had it."""
    return connection.execute(select(func.max(io_user_days.c.day))).scalar()


def io_median(connection: Connection) -> Median | None:
    """Operations in the 30 days that end with the newest one."""
    newest = newest_io_day(connection)
    if newest is None:
        return None
    query = (
        select(cast(func.sum(io_user_days.c.total), BigInteger))
        .where(io_user_days.c.day > newest - MONTH_DAYS)
        .group_by(io_user_days.c.user_id)
    )
    return _median([(total,) for total in connection.execute(query).scalars() if total])


def newest_finished_day(connection: Connection) -> int | None:
    """The day, as its first second, on which the newest known job of any cluster ended."""
    of_cluster = select(func.max(finished_sums.c.day)).where(finished_sums.c.cluster_id == clusters.c.id)
    days = connection.execute(select(of_cluster.scalar_subquery()).select_from(clusters)).scalars()
    return max((day for day in days if day is not None), default=None)


def cpu_median(connection: Connection) -> Median | None:
    """Processor hours of jobs that ended in the 30 days that end with the newest one's."""
    newest = newest_finished_day(connection)
    if newest is None:
        return None
    query = (
        select(cast(func.sum(finished_sums.c.cpu_seconds), BigInteger))
        .join(clusters, clusters.c.id == finished_sums.c.cluster_id)
        .where(finished_sums.c.day > newest - MONTH_DAYS * DAY_SECONDS)
        .group_by(finished_sums.c.user_id)
    )
    return _median([(seconds / 3600,) for seconds in connection.execute(query).scalars() if seconds])


def _median(of_users: Sequence[tuple[float, ...]]) -> Median | None:
    if len(of_users) < FEWEST_USERS:
        return None
    return Median(len(of_users), tuple(_medians(zip(*of_users, strict=True))))


def _medians(columns: Iterable[Sequence[float]]) -> Iterable[float]:
    return (rounded(statistics.median(column)) for column in columns)


def rounded(value: float) -> float:
    """`value` to two digits: 1234 is 1200."""
    if not value:
        return 0.0
    return round(value, _DIGITS - 1 - math.floor(math.log10(abs(value))))
