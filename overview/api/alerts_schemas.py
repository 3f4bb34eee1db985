"""What /api/alerts is asked with and answers."""

from apiflask import Schema
from apiflask.fields import DateTime, Integer, List, Nested, String
from apiflask.validators import Length, OneOf

from overview.alert_views import KINDS, STATES
from overview.api.queries import Listed, ListQuery


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class AlertsQuery(ListQuery):
    state = String(
        load_default="open",
        validate=OneOf(STATES),
        metadata=_about("open: those that stand, serious ones first; ended: the last ended first."),
    )
    kind = String(load_default=None, validate=OneOf(list(KINDS)), metadata=_about("Of this kind alone."))
    subject = String(
        load_default=None,
        validate=Length(min=1, max=255),
        metadata=_about("About this user, host, hub, cluster or source alone."),
    )


class AlertsListed(Listed):
    state: str
    kind: str | None
    subject: str | None


class ToldAnswer(Schema):
    target = String(required=True, metadata=_about("The address, or the name of a webhook."))
    event = String(required=True, metadata=_about("began or ended"))
    state = String(
        required=True,
        metadata=_about(
            "sent, waiting (to be tried again), held (for quiet hours), dropped (was acknowledged first) or "
            "failed (given up)"
        ),
    )
    sent_at = DateTime(required=True, allow_none=True)
    error = String(required=True, allow_none=True, metadata=_about("Why the last attempt failed."))


class AlertAnswer(Schema):
    id = Integer(required=True)
    rule = String(required=True, metadata=_about("Its name in usermon.toml."))
    kind = String(required=True, metadata={**_about("What is wrong."), "example": "host"})
    severity = String(required=True, metadata=_about("warning or serious"))
    subject = String(required=True, metadata=_about("The user, host, hub, cluster or source."))
    part = String(required=True, metadata=_about("The volume, node or aspect of it; may be empty."))
    words = String(required=True)
    remedy = String(required=True)
    link = String(required=True, metadata=_about("The page of the subject, a path of the overview."))
    since = DateTime(
        required=True, allow_none=True, metadata=_about("Since when the data says so, where it does.")
    )
    began_at = DateTime(required=True, metadata=_about("When it was found."))
    gone_at = DateTime(
        required=True,
        allow_none=True,
        metadata=_about("Since when it is found no more; it ends when that has lasted."),
    )
    ended_at = DateTime(required=True, allow_none=True)
    acknowledged_at = DateTime(required=True, allow_none=True)
    acknowledged_by = String(required=True, allow_none=True)
    acknowledged_note = String(required=True, allow_none=True)
    told = List(Nested(ToldAnswer), required=True, metadata=_about("Who was told, or is to be."))
