"""A batch on its way: it arrives as it was sent, and what is none is refused with what is wrong."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import usage
from usermon.batch import (
    LARGEST_PLAIN_BYTES,
    BadBatch,
    DeliveredRun,
    Envelope,
    NotKept,
    RejectedInFile,
    pack,
    plain_size,
    read_batch,
    record_to_wire,
    unpack,
)
from usermon.records import Parsed, Rejected, StorageUsage

ENVELOPE = Envelope(
    "local",
    "storage_csv",
    DeliveredRun(1.0, 2.5, "half of it was gone", "look for it"),
    (RejectedInFile("alice.csv", 3, (Rejected(4, "x", "no date"),)),),
    ("bob.csv",),
)


def document(**changed: Any) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(gzip.decompress(pack(ENVELOPE, [record_to_wire(usage())])))
    return {**sent, **changed}


def read(content: object) -> object:
    return read_batch(json.dumps(content).encode(), (StorageUsage,))


def test_a_batch_arrives_as_it_was_sent() -> None:
    sent = [record_to_wire(usage("alice")), record_to_wire(usage("bob"))]
    batch = read_batch(unpack(pack(ENVELOPE, sent)), (StorageUsage, Parsed))
    assert batch.envelope == ENVELOPE
    assert batch.records == (usage("alice"), usage("bob"))
    assert batch.not_kept == ()


def test_the_same_batch_gives_the_same_bytes() -> None:
    first, second = (pack(ENVELOPE, [record_to_wire(usage())]) for _ in range(2))
    assert first == second
    assert plain_size(first) == len(unpack(first))


def test_where_there_is_one_sort_of_records_they_need_not_say_it() -> None:
    (record,) = document()["records"]
    del record["record"]
    read(document(records=[record]))
    with pytest.raises(BadBatch, match=r"records\[0\]\.record: expected one of StorageUsage, Parsed"):
        read_batch(json.dumps(document(records=[record])).encode(), (StorageUsage, Parsed))


def test_a_record_that_no_store_could_keep_costs_no_other() -> None:
    good, bad = document()["records"][0], {**document()["records"][0], "files": 2**70}
    batch = read_batch(json.dumps(document(records=[good, bad, good])).encode(), (StorageUsage,))
    assert batch.records == (usage(), usage())
    (told,) = batch.not_kept
    assert (told.number, told.reason) == (2, "files: larger than 64 bits hold")
    assert isinstance(told, NotKept)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "not a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"records": NaN}', "not JSON: NaN is no number"),
        (b'{"records": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"{}", "records: expected a list"),
        (b'{"records": []}', "source: is missing"),
    ],
)
def test_what_is_no_batch_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(BadBatch, match=told):
        read_batch(content, (StorageUsage,))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"records": [3]}, r"records\[0\]: expected an object"),
        ({"records": [{"record": "Parsed"}]}, r"records\[0\]\.record: expected one of StorageUsage"),
        ({"records": [{"user": 5}]}, r"records\[0\]\.user: is a whole number, expected text"),
        ({"run": None}, "run: is null, expected an object"),
        (
            {"rejected": [{"file": "a", "lines": [{"line": 1}]}]},
            r"rejected\[0\]\.lines\[0\]\.text: is missing",
        ),
        ({"secret": 1}, "secret: no such field in Envelope"),
    ],
)
def test_what_is_wrong_is_told_by_the_path_to_it(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(BadBatch, match=told):
        read(document(**changed))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"plain", "not packed with gzip"),
        (pack(ENVELOPE, [])[:-4], "cut"),
        (pack(ENVELOPE, []) + b"more", "followed by something else"),
        (gzip.compress(bytes(LARGEST_PLAIN_BYTES + 1)), "larger than 32 MiB"),
    ],
)
def test_what_is_not_packed_as_it_should_be_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(BadBatch, match=told):
        unpack(content)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_nothing_that_arrives_breaks_it(content: bytes) -> None:
    with pytest.raises(BadBatch):
        read_batch(unpack(content), (StorageUsage,))
    with pytest.raises(BadBatch):
        read_batch(content, (StorageUsage,))
