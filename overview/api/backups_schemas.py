"""What may be asked of backups, and the shapes of the answers. Sizes are MiB, ages days, days UTC."""

import re
import time
from typing import Any, TypedDict

from apiflask import Schema
from apiflask.fields import Date, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import OneOf, Regexp
from marshmallow import ValidationError, validates

from overview.api.queries import Listed, ListQuery, moment_field

_STATUS = OneOf(["ok", "warn", "alarm"])
_MAX_AGE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,6})?)([mhd]?)", re.ASCII)
_UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "": 86_400}

_AHEAD_SECONDS = 86_400


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class JudgingQuery(Schema):
    max_age = String(
        load_default=None,
        validate=Regexp(r"^[0-9]{1,4}(\.[0-9]{1,6})?[mhd]?$", error="write 36h, 90m, 1.5d, or 1.5 for days."),
        metadata=_about(
            "How old the newest of an item may be: 36h, 90m, 1.5d, or a number of days. Without it, what the "
            "node's source allows, else 36h."
        ),
    )
    now = moment_field(
        "now", "The moment from which ages count, at most a day ahead; without it, the present."
    )

    @validates("now")
    def _is_not_far_ahead(self, now: int | None, **_more: Any) -> None:
        if now is not None and now > time.time() + _AHEAD_SECONDS:
            raise ValidationError("more than a day ahead of the clock.")


class HubsQuery(ListQuery, JudgingQuery):
    """A page of hubs."""


class Judging(TypedDict):
    """A checked JudgingQuery."""

    max_age: str | None
    now: int | None


class HubsListed(Listed, Judging):
    """A checked HubsQuery."""


def max_age_seconds(text: str | None) -> int | None:
    """Of a checked `max_age`."""
    match = None if text is None else _MAX_AGE.fullmatch(text)
    return round(float(match[1]) * _UNIT_SECONDS[match[2]]) if match else None


class NodeSummary(Schema):
    status = String(required=True, validate=_STATUS)
    reasons = List(String(), required=True, metadata=_about("Why it is not ok, in words, by item."))
    newest = DateTime(required=True, allow_none=True)
    age_days = Float(required=True, allow_none=True)
    listed_at = DateTime(required=True, metadata=_about("When the tarballs were listed."))
    max_age_days = Float(required=True)
    ok = Integer(required=True, metadata=_about("Items whose newest tarball is not too old."))
    alarm = Integer(required=True, metadata=_about("Items whose newest tarball is too old or not there."))
    alarm_items = List(String(), required=True)
    tarballs = Integer(required=True)


class HubAnswer(Schema):
    hub = String(required=True)
    status = String(required=True, validate=_STATUS, metadata=_about("Of its worst node."))
    conclusion = String(
        required=True,
        metadata=_about(
            "By age alone, as tgzstat says it: the states of all nodes that are not ok, joined by ':', or ok."
        ),
    )
    nodes = Dict(keys=String(), values=Nested(NodeSummary), required=True)


class _NamesOfNode(Schema):
    hub = String(required=True)
    node = String(required=True)


class NodeRow(NodeSummary, _NamesOfNode):
    """A node in the table of all hubs."""


class FutureTarball(Schema):
    item = String(required=True)
    time = DateTime(required=True)
    size_mib = Integer(required=True)
    path = String(required=True)


class ItemAnswer(Schema):
    status = String(required=True, validate=_STATUS)
    reasons = List(String(), required=True)
    tarballs = Integer(required=True, metadata=_about("How many lie there now."))
    first = DateTime(required=True, allow_none=True)
    last = DateTime(required=True, allow_none=True)
    last_size_mib = Integer(required=True, allow_none=True)
    previous_size_mib = Integer(required=True, allow_none=True)
    age_days = Float(required=True, allow_none=True)
    days_without = List(Date(), required=True)
    zero_size = List(DateTime(), required=True)
    shrunk_by_half_or_more = List(DateTime(), required=True)
    series = List(
        List(Integer()),
        required=True,
        metadata=_about(
            "[epoch milliseconds, MiB] of each tarball, those that rotation removed since among them."
        ),
    )


class NodeAnswer(NodeSummary):
    hub = String(required=True)
    node = String(required=True)
    items = Dict(keys=String(), values=Nested(ItemAnswer), required=True)
    daily_counts = Dict(
        keys=String(),
        values=Integer(),
        required=True,
        metadata=_about("Tarballs by day; days with none are absent."),
    )
    future = List(
        Nested(FutureTarball),
        required=True,
        metadata=_about("Dated in the future: they count nowhere else, and hide no old one."),
    )
