"""What a webhook is told: one JSON object for all that began and ended in a round (docs/alerts.md)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alerts.mail_content import MailPage, Pair
from usage_store.alerts import Alert

VERSION = 1
_MOST_EVENTS = 1000


def as_call(pairs: Sequence[Pair], page: MailPage) -> str:
    return json.dumps(
        {
            "version": VERSION,
            "site": page.site,
            "text": _text(pairs),
            "events": [
                {"event": event, "alert": _alert(alert, page)} for event, alert in pairs[:_MOST_EVENTS]
            ],
            "left_out": max(0, len(pairs) - _MOST_EVENTS),
        }
    )


def _text(pairs: Sequence[Pair]) -> str:
    """For those that show one line, as chats do."""
    if len(pairs) == 1:
        event, alert = pairs[0]
        return f"{'Ended' if event == 'ended' else alert.severity.capitalize()}: {alert.words}"
    began = sum(1 for event, _ in pairs if event == "began")
    return f"{len(pairs)} alerts: {began} began, {len(pairs) - began} ended"


def _alert(alert: Alert, page: MailPage) -> dict[str, Any]:
    return {
        "id": alert.id,
        "rule": alert.rule,
        "kind": alert.kind,
        "severity": alert.severity,
        "subject": alert.subject,
        "part": alert.part,
        "words": alert.words,
        "remedy": alert.remedy,
        "link": page.link(alert.link) or alert.link,
        "since": _moment(alert.since),
        "began_at": _moment(alert.began_at),
        "ended_at": _moment(alert.ended_at),
    }


def _moment(time: int | None) -> str | None:
    return None if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
