"""The shapes of what agents deliver and what they are told. See usermon.batch for how a batch is read."""

from apiflask import Schema
from apiflask.fields import Dict, Float, Integer, List, Nested, String
from apiflask.validators import Range
from marshmallow import EXCLUDE

from usermon.batch import LAST_SECOND

IDEMPOTENCY_KEY = "[A-Za-z0-9._:-]{8,128}"
_MOMENT = Range(min=0, max=LAST_SECOND)


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class IngestHeaders(Schema):
    class Meta:
        unknown = EXCLUDE

    idempotency_key = String(
        required=True,
        data_key="Idempotency-Key",
        metadata={
            **_about("Tells this batch from any other of the token; 8 to 128 letters, digits, '._:-'."),
            "pattern": f"^{IDEMPOTENCY_KEY}$",
        },
    )


class RejectedLineBody(Schema):
    line = Integer(required=True, metadata=_about("Counts from 1; 0 is the file as a whole."))
    text = String(required=True)
    reason = String(required=True)


class RejectedInFileBody(Schema):
    file = String(required=True)
    from_line = Integer(metadata=_about("What stood rejected from this line on is replaced; default 0."))
    lines = List(Nested(RejectedLineBody))
    more = Integer(metadata=_about("Lines that were rejected besides: counted, not shown."))


class RunBody(Schema):
    started_at = Float(
        required=True, validate=_MOMENT, metadata=_about("Epoch seconds, by the agent's clock.")
    )
    finished_at = Float(required=True, validate=_MOMENT)
    error = String(allow_none=True, metadata=_about("Why the whole pass failed."))
    remedy = String(allow_none=True)


class BatchBody(Schema):
    source = String(required=True, metadata=_about("One that the token may deliver."))
    collector = String(required=True)
    records = List(
        Dict(),
        required=True,
        metadata=_about("Fields as in usermon's records; `record` names which, where a kind has several."),
    )
    run = Nested(RunBody, required=True)
    rejected = List(Nested(RejectedInFileBody))
    forgotten = List(String(), metadata=_about("Files that are gone, with what stood rejected of them."))


class NotKeptAnswer(Schema):
    record = Integer(required=True, metadata=_about("Which one, counted from 1."))
    reason = String(required=True)


class IngestAnswer(Schema):
    taken = Integer(required=True, metadata=_about("Records that were new or changed."))
    known = Integer(required=True, metadata=_about("Records that the store held already."))
    rejected = Integer(
        required=True, metadata=_about("Lines rejected by the agent and records rejected here.")
    )
    not_kept = List(
        Nested(NotKeptAnswer), required=True, metadata=_about("Records rejected here; at most 100 are told.")
    )


class TokenAnswer(Schema):
    token = String(required=True, metadata=_about("Its name."))
    sources = List(String(), required=True)
    kinds = List(String(), required=True, metadata=_about("Kinds of records that this hub knows."))
