"""Histories thin out with age, so that they stay small for years."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, exists

from usage_store.schema import storage_samples

KEEP_ALL_SECONDS = 35 * 86_400
DAY_SECONDS = 86_400


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
    """Keep the last sample of each day (UTC) within the span of each series (user id, volume id).

    A span ends with a day. One statement a series: so both databases walk the key and no more, however
    large the table is; of one statement for all, PostgreSQL makes a join of the whole table with itself.
    """
    work = [
        {"of_user": user_id, "of_volume": volume_id, "start": span.start, "end": span.end}
        for (user_id, volume_id), span in spans.items()
        if span.start < span.end
    ]
    if work:
        connection.execute(_THIN, work)


def _within_span(samples: FromClause) -> tuple[ColumnElement[bool], ...]:
    return (
        samples.c.user_id == bindparam("of_user"),
        samples.c.volume_id == bindparam("of_volume"),
        samples.c.time >= bindparam("start"),
        samples.c.time < bindparam("end"),
    )


_LATER = storage_samples.alias("later")
_NEXT_DAY = (storage_samples.c.time // DAY_SECONDS + 1) * DAY_SECONDS
_THIN = storage_samples.delete().where(
    *_within_span(storage_samples),
    exists().where(*_within_span(_LATER), _LATER.c.time > storage_samples.c.time, _LATER.c.time < _NEXT_DAY),
)
