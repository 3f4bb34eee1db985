"""What an agent delivers to the hub at a time, and how it looks on the way: one JSON object, packed.

    {"source": "local", "collector": "mmrepquota", "records": [{"record": "StorageUsage", "user": ...}],
     "rejected": [{"file": "report", "from_line": 0, "lines": [{"line": 3, "text": "...", "reason": "..."}]}],
     "run": {"started_at": 1772452800.0, "finished_at": 1772452801.5}}

Each record says by `record` what it is; where a kind has one sort of records alone, it need not.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from usermon.records import Rejected
from usermon.wire import NotThisRecord, ValueNotKept, from_wire, to_wire

# Of one batch on the way, and unpacked. An agent cuts what it delivers into batches far below.
LARGEST_PACKED_BYTES = 4 << 20
LARGEST_PLAIN_BYTES = 32 << 20

LAST_SECOND = 253_402_300_799  # of the year 9999: no clock is anywhere else

# What was lost on the way stands under this name, where rejected lines have that of a file: for a week, and
# each line beside those that stand already.
DELIVERY = "(delivery)"

_NAME = "record"


@dataclass(frozen=True, slots=True)
class RejectedInFile:
    """The lines of `file` from `from_line` on that stand rejected now. Line 0 is the file as a whole.

    `more` were rejected besides, and are counted alone.
    """

    file: str
    from_line: int = 0
    lines: tuple[Rejected, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class DeliveredRun:
    """The pass that a batch comes from; times in epoch seconds by the agent's clock."""

    started_at: float
    finished_at: float
    error: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A batch without its records. `forgotten` are files that are gone."""

    source: str
    collector: str
    run: DeliveredRun
    rejected: tuple[RejectedInFile, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotKept:
    """A record of a batch that cannot be kept; `number` counts from 1."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    envelope: Envelope
    records: tuple[Any, ...]
    not_kept: tuple[NotKept, ...] = ()


class BadBatch(ValueError):
    """No batch: the text says what is wrong, and where."""


class TooLarge(BadBatch):
    """More than a batch may be."""


def pack(envelope: Envelope, records: Sequence[dict[str, Any]]) -> bytes:
    """As it is sent; `records` as `record_to_wire` gives them. The same batch gives the same bytes."""
    document = {**to_wire(envelope), "records": records}
    return gzip.compress(json.dumps(document, allow_nan=False, separators=(",", ":")).encode(), 6, mtime=0)


def plain_size(packed: bytes) -> int:
    """How large `packed` is when unpacked: gzip ends with that."""
    return int.from_bytes(packed[-4:], "little")


def record_to_wire(record: object) -> dict[str, Any]:
    """Raises ValueNotKept."""
    return {_NAME: type(record).__name__, **to_wire(record)}


def unpack(content: bytes) -> bytes:
    """What was packed with gzip, if it is no larger than a batch may be. Raises BadBatch."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(content, LARGEST_PLAIN_BYTES)
    except zlib.error:
        raise BadBatch("not packed with gzip, as Content-Encoding says") from None
    if unpacking.unconsumed_tail:
        raise TooLarge(f"larger than {LARGEST_PLAIN_BYTES >> 20} MiB when unpacked")
    if not unpacking.eof or unpacking.unused_data:
        raise BadBatch("packed with gzip, but cut or followed by something else")
    return plain


def read_batch(plain: bytes, classes: Sequence[type]) -> Batch:
    """The batch that stands in `plain`, whose records are of `classes`.

    A record whose values no store could keep is told in `not_kept` and costs no other. Raises BadBatch for
    anything that is not a batch of such records.
    """
    document = _json(plain)
    if not isinstance(document, dict):
        raise BadBatch("not a JSON object")
    records = document.pop("records", None)
    if not isinstance(records, list):
        raise BadBatch("records: expected a list")
    try:
        envelope = from_wire(Envelope, document)
    except ValueError as error:
        raise BadBatch(str(error)) from None
    for name in ("started_at", "finished_at"):
        if not 0 <= getattr(envelope.run, name) <= LAST_SECOND:
            raise BadBatch(f"run.{name}: no moment between 1970 and 9999")
    return Batch(envelope, *_records(records, classes))


def _records(documents: list[Any], classes: Sequence[type]) -> tuple[tuple[Any, ...], tuple[NotKept, ...]]:
    by_name = {one.__name__: one for one in classes}
    only = classes[0] if len(classes) == 1 else None
    records: list[Any] = []
    not_kept: list[NotKept] = []
    for number, document in enumerate(documents, start=1):
        if not isinstance(document, dict):
            raise BadBatch(f"records[{number - 1}]: expected an object")
        name = document.pop(_NAME, None)
        sort = by_name.get(name) if isinstance(name, str) else only if name is None else None
        if sort is None:
            raise BadBatch(
                f"records[{number - 1}].{_NAME}: expected one of {', '.join(by_name) or 'none: no records'}"
            )
        try:
            records.append(from_wire(sort, document))
        except NotThisRecord as error:
            raise BadBatch(str(error.inside(f"records[{number - 1}]"))) from None
        except ValueNotKept as error:
            not_kept.append(NotKept(number, json.dumps(document)[:200], str(error)))
    return tuple(records), tuple(not_kept)


def _json(plain: bytes) -> Any:
    try:
        return json.loads(plain.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadBatch("not UTF-8") from None
    except RecursionError:
        raise BadBatch("nested too deeply") from None
    except BadBatch:
        raise
    except ValueError as error:
        raise BadBatch(f"not JSON: {error}"[:300]) from None


def _refuse_constant(name: str) -> Any:
    raise BadBatch(f"not JSON: {name} is no number")
