"""Alerts with defaults, as tests.factories has samples of storage."""

from usage_store.alert_messages import NewMessage, add_messages, note_not_sent, note_sent
from usage_store.alerts import Finding, add_alerts, note_ended, note_gone
from usage_store.engine import Store, StoreConnection

NOON = 1_772_452_800  # 2026-03-02 12:00 UTC


def finding(
    subject: str = "node-1",
    kind: str = "host",
    severity: str = "serious",
    words: str = "",
    part: str = "",
    since: int | None = None,
) -> Finding:
    return Finding(
        rule=kind,
        kind=kind,
        area=f"/{kind}s",
        subject=subject,
        part=part,
        severity=severity,
        words=words or f"{subject} is silent",
        remedy="Look whether it is up.",
        link=f"/hosts/{subject}",
        since=since,
    )


def save_alerts(store: Store, *findings: Finding, now: int = NOON) -> list[int]:
    """They begin at `now`; their numbers."""
    with store.writing() as connection:
        return add_alerts(connection, findings, now, now)


def end(store: Store, *numbers: int, now: int = NOON + 3600) -> None:
    with store.writing() as connection:
        note_gone(connection, numbers, now)
        note_ended(connection, numbers)


def save_messages(connection: StoreConnection, number: int, now: int = NOON) -> None:
    """One that was sent, one that waits after an attempt."""
    sent, waits = add_messages(
        connection,
        [
            NewMessage(number, "began", "mail", "it@example.org", "waiting", "{}"),
            NewMessage(number, "began", "webhook", "chat.example.org (1a2b3c)", "waiting", "{}"),
        ],
        now,
    )
    note_sent(connection, sent, now + 1)
    note_not_sent(connection, waits, "it answered 503", now + 60)
