"""Histories thin out with age, so that they stay small for years."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, exists

from usage_store.schema import storage_samples

KEEP_ALL_SECONDS = 35 * 86_400
DAY_SECONDS = 86_400
_USERS_AT_ONCE = 5_000


class Span(NamedTuple):
    """A stretch of time; `end` is the first second after it."""

    start: int
    end: int


def horizon(newest: int) -> int:
    """The first second of which all samples are kept, in a series whose newest sample is of `newest`.

    Age counts from the series' own newest sample: a history that ended stays as it was. Whole days (UTC)
    only, so that no day is thinned half.
    """
    return (newest - KEEP_ALL_SECONDS) // DAY_SECONDS * DAY_SECONDS


def thin_storage(connection: Connection, spans: Mapping[tuple[int, int], Span]) -> None:
    """Keep the last sample of each day (UTC) within the span of each series (user id, volume id)."""
    users_by_work: dict[tuple[int, Span], list[int]] = {}
    for (user_id, volume_id), span in spans.items():
        if span.start < span.end:
            users_by_work.setdefault((volume_id, span), []).append(user_id)
    for (volume_id, span), user_ids in users_by_work.items():
        for start in range(0, len(user_ids), _USERS_AT_ONCE):
            _thin(connection, volume_id, user_ids[start : start + _USERS_AT_ONCE], span)


def _thin(connection: Connection, volume_id: int, user_ids: list[int], span: Span) -> None:
    later = storage_samples.alias("later")
    next_day = (storage_samples.c.time // DAY_SECONDS + 1) * DAY_SECONDS
    a_later_one_of_the_day = exists().where(
        later.c.user_id == storage_samples.c.user_id,
        later.c.volume_id == storage_samples.c.volume_id,
        later.c.time > storage_samples.c.time,
        later.c.time < next_day,
    )
    connection.execute(
        storage_samples.delete().where(
            storage_samples.c.volume_id == volume_id,
            storage_samples.c.user_id.in_(user_ids),
            storage_samples.c.time >= span.start,
            storage_samples.c.time < span.end,
            a_later_one_of_the_day,
        )
    )
