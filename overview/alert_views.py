"""Alerts as pages and programs see them: each with whom it was told, and how that went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from overview.times import iso_time_or_none
from usage_store.alert_messages import Message, messages_of
from usage_store.alerts import ALERT, Alert, alerts_page
from usage_store.engine import StoreConnection
from usage_store.paging import Page, Row, Window

# In the order in which they are shown; the words of kinds as filters.
KINDS: Mapping[str, str] = {
    "cluster": "Clusters",
    "source": "Sources",
    "volume": "Volumes",
    "host": "Hosts",
    "backup": "Backups",
    "dashboard": "Dashboards",
    "quota": "Quotas",
    "growth": "Growth",
    "reference": "Reference values",
    "rule": "Rules that fail",
}
STATES = ("open", "ended", "all")
_TIMES = ("since", "began_at", "gone_at", "ended_at", "acknowledged_at")
_OWN = ("rule", "kind", "severity", "subject", "part", "words", "remedy", "link", *_TIMES)


class Told(NamedTuple):
    """Of one address: what it was told, and when it was sent or why not."""

    target: str
    event: str
    state: str
    sent_at: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class AlertView:
    alert: Alert
    told: tuple[Told, ...]


class Wanted(NamedTuple):
    """Which alerts: those that fit all that is not None."""

    state: str = "open"
    kind: str | None = None
    subject: str | None = None


def read_alerts(connection: StoreConnection, wanted: Wanted, window: Window) -> tuple[list[AlertView], int]:
    """Those of a window, and how many there are in all."""
    page = alerts_page(connection, wanted.state, wanted.kind, wanted.subject, window)
    found = [Alert(*(row[name] for name in ALERT)) for row in page.rows]
    told = messages_of(connection, [alert.id for alert in found])
    return [AlertView(alert, _told(told.get(alert.id, ()))) for alert in found], page.total


def answer_page(connection: StoreConnection, wanted: Wanted, window: Window) -> Page:
    """For programs: the fields of AlertAnswer."""
    views, total = read_alerts(connection, wanted, window)
    return Page([_fields(view) for view in views], total)


def _told(messages: Iterable[Message]) -> tuple[Told, ...]:
    return tuple(Told(one.target, one.event, one.state, one.sent_at, one.error) for one in messages)


def _fields(view: AlertView) -> Row:
    alert = view.alert
    fields: dict[str, Any] = {"id": alert.id, **{name: getattr(alert, name) for name in _OWN}}
    fields |= {name: iso_time_or_none(fields[name]) for name in _TIMES}
    fields["acknowledged_by"] = alert.acknowledged_by
    fields["acknowledged_note"] = alert.acknowledged_note
    fields["told"] = [{**one._asdict(), "sent_at": iso_time_or_none(one.sent_at)} for one in view.told]
    return fields
