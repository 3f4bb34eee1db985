"""Records on the wire: what was sent arrives the same, and anything else is refused by the field's name."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOON, usage
from usermon.records import StorageUsage
from usermon.wire import NotThisRecord, ValueNotKept, WireError, from_wire, to_wire


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    shares: tuple[tuple[str, str | None], ...] = ()
    priority: int | float | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    count: int
    load: float
    good: bool
    time: datetime
    parts: tuple[Part, ...] = ()
    first: Part | None = None


def sent(record: object) -> Any:
    return json.loads(json.dumps(to_wire(record), allow_nan=False))


def test_what_was_sent_arrives_the_same() -> None:
    part = Part("n1", (("a", None), ("b", "c")), 0.5)
    whole = Whole(3, 1.0, False, NOON, (part, Part("n2", (), 7)), part)
    assert from_wire(Whole, sent(whole)) == whole


def test_fields_that_hold_their_default_stay_away() -> None:
    assert set(sent(usage())) == {"user", "volume", "time", "used_bytes", "files"}
    assert from_wire(StorageUsage, sent(usage())) == usage()


def test_a_time_of_another_zone_arrives_in_utc() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5)))
    read = from_wire(Whole, sent(Whole(1, 1.0, True, there)))
    assert read.time == NOON
    assert read.time.tzinfo is UTC


def test_a_whole_number_for_a_float_becomes_one_and_beside_a_float_stays_whole() -> None:
    read = from_wire(
        Whole, {**sent(Whole(1, 1.5, True, NOON)), "load": 2, "first": {"name": "x", "priority": 4}}
    )
    assert isinstance(read.load, float)
    assert read.first is not None
    assert isinstance(read.first.priority, int)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"count": "3"}, "count: is text, expected a whole number"),
        ({"count": True}, "count: is true or false, expected a whole number"),
        ({"count": 3.0}, "count: is a number, expected a whole number"),
        ({"count": None}, "count: is null, expected a whole number"),
        ({"load": "1"}, "load: is text, expected a number"),
        ({"good": 1}, "good: is a whole number, expected true or false"),
        ({"time": "yesterday"}, "time: not a time in ISO 8601"),
        ({"time": "2026-03-02T12:00:00"}, "time: a time without a zone"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "time: not a time in ISO 8601"),
        ({"extra": 1}, "extra: no such field in Whole"),
        ({"first": []}, "first: is a list, expected an object or null"),
        ({"parts": [{"name": "a"}, {"name": 2}]}, "parts[1].name: is a whole number, expected text"),
        ({"parts": [{"name": "a", "shares": [["x"]]}]}, "parts[0].shares[0]: has 1 items, expected 2"),
    ],
)
def test_another_type_is_refused_by_the_path_to_it(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(NotThisRecord) as refused:
        from_wire(Whole, {**sent(Whole(1, 1.0, True, NOON)), **changed})
    assert str(refused.value) == told


def test_a_missing_field_is_named() -> None:
    with pytest.raises(NotThisRecord, match=r"^time: is missing$"):
        from_wire(Whole, {"count": 1, "load": 1.0, "good": True})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"count": 2**63}, "count: larger than 64 bits hold"),
        ({"load": float("nan")}, "load: not a finite number"),
        ({"first": {"name": "a\0b"}}, "first.name: a NUL character"),
        ({"first": {"name": "\ud800"}}, "first.name: half of a character"),
    ],
)
def test_a_value_that_no_store_keeps_is_told_apart(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueNotKept) as refused:
        from_wire(Whole, {**sent(Whole(1, 1.0, True, NOON)), **changed})
    assert str(refused.value) == told


def test_no_endless_number_is_sent() -> None:
    with pytest.raises(ValueNotKept, match=r"^load: not a finite number$"):
        to_wire(Whole(1, float("inf"), True, NOON))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(Part.__slots__), inner),
    max_leaves=6,
)


@settings(max_examples=60)
@given(JSON)
def test_anything_is_a_record_or_refused(document: object) -> None:
    try:
        read = from_wire(Part, document)
    except WireError:
        return
    assert from_wire(Part, sent(read)) == read
