"""The shapes of answers, as the OpenAPI document tells them. Tests hold every answer against these."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import OneOf
from marshmallow import INCLUDE

_GB = "in GB as the quota tools report it: GiB, rounded up by them"


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class ErrorAnswer(Schema):
    error = String(required=True, metadata=_about("What went wrong."))
    remedy = String(required=True, metadata=_about("What to do about it."))


class FormatQuery(Schema):
    format = String(
        load_default="json",
        validate=OneOf(["json", "csv"]),
        metadata=_about("csv gives the same facts as a table to download."),
    )


VOLUME_FIELDS = (
    "For each volume eleven more fields, named by it: local_gb, local_files, local_time, "
    "local_gb_change_week, local_files_change_week; local_soft_limit_gb, local_hard_limit_gb, "
    "local_soft_limit_files, local_hard_limit_files; local_gb_grace and local_files_grace, what is left of "
    'the time above a soft limit ("6 days", "expired"). null where nothing is known, or no limit is set.'
)


class StorageUser(Schema):
    """One user; the fields of volumes are not declared here, since sites name their own volumes."""

    class Meta:
        unknown = INCLUDE

    user = String(required=True)
    listed = Boolean(required=True, metadata=_about("Whether the newest user lists name this user."))
    lists = String(required=True, metadata={**_about("Which lists do."), "example": "local+cryo"})
    port = Integer(required=True, allow_none=True)
    state = String(
        required=True,
        allow_none=True,
        metadata=_about("Of the dashboard: ready, starting, asleep, stopped or failed."),
    )
    url = String(required=True, allow_none=True, metadata=_about("Of the dashboard."))


class StorageAnswer(Schema):
    volumes = List(String(), required=True, metadata=_about("In the order in which pages show them."))
    newest_time = DateTime(required=True, allow_none=True, metadata=_about("Of the newest sample."))
    totals = Dict(
        keys=String(),
        values=Float(),
        required=True,
        metadata=_about(f"For each volume local_gb ({_GB}) and local_files."),
    )
    users = List(Nested(StorageUser), required=True, metadata=_about(VOLUME_FIELDS))


class SeriesAnswer(Schema):
    time = List(DateTime(), required=True)
    gb = List(Float(), required=True, metadata=_about(_GB))
    files = List(Integer(), required=True)
    soft_limit_gb = Float(required=True, allow_none=True)
    hard_limit_gb = Float(required=True, allow_none=True)
    soft_limit_files = Integer(required=True, allow_none=True)
    hard_limit_files = Integer(required=True, allow_none=True)
    gb_grace = String(
        required=True,
        allow_none=True,
        metadata={**_about("Left of the time above the soft limit when sampled."), "example": "6 days"},
    )
    files_grace = String(required=True, allow_none=True)


class StorageUserAnswer(StorageUser):
    class Meta:
        unknown = INCLUDE

    history = Dict(
        keys=String(),
        values=Nested(SeriesAnswer),
        required=True,
        metadata=_about("By volume; the three lists of a volume belong together."),
    )


class BubbleAnswer(Schema):
    user = String(required=True)
    x = Float(required=True, metadata=_about(f"On this volume, {_GB}."))
    y = Integer(required=True, metadata=_about("Files on this volume."))
    size = Float(
        required=True,
        allow_none=True,
        metadata=_about("GB on the other volume (on all others together); null where nothing is known."),
    )


class DashboardAnswer(Schema):
    user = String(required=True)
    port = Integer(required=True, allow_none=True)
    listed = Boolean(required=True)
    lists = String(required=True)
    state = String(required=True, allow_none=True, metadata=_about("null: never seen."))
    url = String(required=True, allow_none=True)
    image = String(required=True, allow_none=True)
    node = String(required=True, allow_none=True)
    container = String(required=True, allow_none=True)
    started_at = DateTime(required=True, allow_none=True)
    memory_bytes = Integer(required=True, allow_none=True)
    error = String(required=True, allow_none=True)
    seen_at = DateTime(required=True, allow_none=True, metadata=_about("When the orchestrator last looked."))
    last_visit_at = DateTime(
        required=True,
        allow_none=True,
        metadata=_about("When the user last opened it, as `watch` learned; null: not known."),
    )


class DashboardsAnswer(Schema):
    dashboards = List(
        Nested(DashboardAnswer), required=True, metadata=_about("Everybody in the ledger or seen running.")
    )


class SourceAnswer(Schema):
    source = String(required=True)
    collector = String(required=True)
    started_at = DateTime(required=True)
    finished_at = DateTime(required=True)
    taken = Integer(required=True, metadata=_about("Samples that were new or changed."))
    known = Integer(required=True, metadata=_about("Samples that the store held already."))
    rejected = Integer(required=True, metadata=_about("Lines rejected in this run."))
    standing_rejected = Integer(
        required=True, metadata=_about("Lines of this source that stand rejected now.")
    )
    error = String(required=True, allow_none=True, metadata=_about("Why the whole run failed."))
    remedy = String(required=True, allow_none=True)


class RejectedAnswer(Schema):
    source = String(required=True)
    file = String(required=True)
    line = Integer(required=True)
    text = String(required=True)
    reason = String(required=True)
    seen_at = DateTime(required=True)


class CollectionAnswer(Schema):
    sources = List(Nested(SourceAnswer), required=True, metadata=_about("The newest run of each source."))
    never_ran = List(
        String(), required=True, metadata=_about("Sources that usermon.toml names and that never ran.")
    )
    rejected_total = Integer(required=True, metadata=_about("All lines that stand rejected now."))
    rejected = List(
        Nested(RejectedAnswer),
        required=True,
        metadata=_about("At most 1000 of them, and of one file its last 100; all are counted."),
    )
