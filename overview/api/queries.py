"""What programs may ask with: a range of time, a page of a list, JSON or CSV."""

import re
from datetime import UTC, datetime
from typing import Any, TypedDict

from apiflask import Schema
from apiflask.fields import Field, Integer
from apiflask.validators import Range
from marshmallow import ValidationError, validates_schema

from overview.api.schemas import FormatQuery

DEFAULT_LIMIT, LARGEST_LIMIT = 10_000, 100_000
LARGEST_OFFSET = 10**12  # both databases take it

_LAST_SECOND = 253_402_300_799  # of the year 9999
# JSON's integers may have a fraction of nothing.
_EPOCH_SECONDS = re.compile(r"([0-9]{1,12})(?:\.0+)?", re.ASCII)
# A plus that was sent as it is arrives as a space.
_ZONE_AFTER_SPACE = re.compile(r"(?<=:[0-9]{2}) (?=[0-9]{2}:?[0-9]{2}$)", re.ASCII)


class Moment(Field[int]):
    """ISO 8601 (UTC where it names no zone) or epoch seconds; becomes epoch seconds."""

    def _deserialize(self, value: Any, *_context: Any, **_more: Any) -> int:
        moment = _moment(str(value).strip())
        if moment is None:
            raise ValidationError("write ISO 8601, 2026-03-02T12:00:00Z, or epoch seconds.")
        return moment


def _moment(text: str) -> int | None:
    if match := _EPOCH_SECONDS.fullmatch(text):
        seconds = int(match[1])
        return seconds if seconds <= _LAST_SECOND else None
    if "T" in text.upper():
        text = _ZONE_AFTER_SPACE.sub("+", text)
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def moment_field(name: str, meaning: str) -> Moment:
    """An optional moment, named `name` in the query."""
    forms = [
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 0, "maximum": _LAST_SECOND},
    ]
    about = f"{meaning} ISO 8601, UTC where it names no zone, or epoch seconds."
    return Moment(data_key=name, load_default=None, metadata={"description": about, "anyOf": forms})


class RangeQuery(Schema):
    """`query_data["start"]` and `["end"]` are epoch seconds or None."""

    start = moment_field("from", "The first moment.")
    end = moment_field("to", "The first moment after the last.")

    @validates_schema
    def _start_comes_first(self, data: dict[str, Any], **_more: Any) -> None:
        start, end = data.get("start"), data.get("end")
        if start is not None and end is not None and start > end:
            raise ValidationError("from is later than to.", "from")


class ListQuery(FormatQuery):
    limit = Integer(
        load_default=DEFAULT_LIMIT,
        validate=Range(min=1, max=LARGEST_LIMIT),
        metadata={"description": "How many rows at most."},
    )
    offset = Integer(
        load_default=0,
        validate=Range(min=0, max=LARGEST_OFFSET),
        metadata={"description": "How many rows to leave out at the beginning."},
    )


class RangeListQuery(ListQuery, RangeQuery):
    """A page of what happened in a range of time."""


class Listed(TypedDict):
    """A checked ListQuery."""

    format: str
    limit: int
    offset: int


class Ranged(TypedDict):
    """A checked RangeQuery."""

    start: int | None
    end: int | None


class RangeListed(Listed, Ranged):
    """A checked RangeListQuery."""
