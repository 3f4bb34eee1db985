"""Alerts as they are kept: what is open, how it changes, what was. Who is told is in alert_messages.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from usage_store.paging import Page, Window, fetch_page
from usage_store.revisions import next_revision
from usage_store.schema_alerts import alert_messages, alerts

TOPIC = "alerts"
_IDS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, in the columns in which it is kept."""

    rule: str
    kind: str
    area: str
    subject: str
    part: str
    severity: str
    words: str
    remedy: str
    link: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Alert(Finding):
    """Times are epoch seconds; see the table for what each means."""

    id: int
    found_at: int
    began_at: int | None
    seen_at: int
    gone_at: int | None
    ended_at: int | None
    acknowledged_at: int | None
    acknowledged_by: str | None
    acknowledged_note: str | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.rule, self.kind, self.subject, self.part)


FINDING = tuple(field.name for field in fields(Finding))
ALERT = tuple(field.name for field in fields(Alert))


def open_alerts(connection: Connection) -> list[Alert]:
    """Those that began and have not ended, and those that only may begin."""
    return [Alert(*row) for row in connection.execute(_all().where(alerts.c.ended_at.is_(None)))]


def find_alert(connection: Connection, number: int) -> Alert | None:
    row = connection.execute(_all().where(alerts.c.id == number)).one_or_none()
    return None if row is None else Alert(*row)


def alerts_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Alert]:
    wanted = sorted(ids)
    found: dict[int, Alert] = {}
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        query = _all().where(alerts.c.id.in_(wanted[start : start + _IDS_AT_ONCE]))
        found |= {row.id: Alert(*row) for row in connection.execute(query)}
    return found


def alerts_page(
    connection: Connection, state: str, kind: str | None, subject: str | None, window: Window
) -> Page:
    """Those that began, in the order in which people read them: of `open` the serious ones first and the
    newest of each, of `ended` the last ended first, of `all` the newest first. `subject` is a whole name."""
    query = select(*(alerts.c[name] for name in ALERT)).where(alerts.c.began_at.is_not(None))
    if kind is not None:
        query = query.where(alerts.c.kind == kind)
    if subject is not None:
        query = query.where(alerts.c.subject == subject)
    newest = (alerts.c.began_at.desc(), alerts.c.id.desc())
    if state == "open":
        query = query.where(alerts.c.ended_at.is_(None)).order_by(alerts.c.severity, *newest)
    elif state == "ended":
        query = query.where(alerts.c.ended_at.is_not(None)).order_by(alerts.c.ended_at.desc(), *newest)
    else:
        query = query.order_by(*newest)
    return fetch_page(connection, query, window)


def count_alerts(connection: Connection) -> dict[tuple[str, str], int]:
    """Open ones, by kind and severity."""
    query = (
        select(alerts.c.kind, alerts.c.severity, func.count())
        .where(alerts.c.ended_at.is_(None), alerts.c.began_at.is_not(None))
        .group_by(alerts.c.kind, alerts.c.severity)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}


def count_ended(connection: Connection) -> dict[str, int]:
    """By kind."""
    query = select(alerts.c.kind, func.count()).where(alerts.c.ended_at.is_not(None)).group_by(alerts.c.kind)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def add_alerts(
    connection: Connection, findings: Sequence[Finding], now: int, began_at: int | None
) -> list[int]:
    """New rows for these; their ids, in the same order."""
    if not findings:
        return []
    rows = [
        {
            **{name: getattr(finding, name) for name in FINDING},
            "found_at": now,
            "began_at": began_at,
            "seen_at": now,
        }
        for finding in findings
    ]
    statement = alerts.insert().returning(alerts.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def note_begun(connection: Connection, ids: Collection[int]) -> None:
    """They stood for long enough: they began when they were found."""
    _set(connection, ids, began_at=alerts.c.found_at)


def note_found_anew(connection: Connection, ids: Collection[int], now: int) -> None:
    _set(connection, ids, found_at=now, seen_at=now)


def note_seen(connection: Connection, ids: Collection[int], now: int) -> None:
    _set(connection, ids, seen_at=now, gone_at=None)


def note_gone(connection: Connection, ids: Collection[int], now: int) -> None:
    _set(connection, ids, gone_at=now)


def note_ended(connection: Connection, ids: Collection[int]) -> None:
    """They ended when they were found gone."""
    _set(connection, ids, ended_at=alerts.c.gone_at)


def forget_unbegun(connection: Connection, ids: Collection[int]) -> None:
    for part in _parts(ids):
        connection.execute(alerts.delete().where(alerts.c.id.in_(part), alerts.c.began_at.is_(None)))


def reword(connection: Connection, changed: Sequence[tuple[int, Finding]]) -> None:
    """What is found is put in other words now, or is worse."""
    names = ("area", "severity", "words", "remedy", "link", "since")
    statement = alerts.update().where(alerts.c.id == bindparam("of_id"))
    rows = [
        {"of_id": number, **{f"new_{name}": getattr(finding, name) for name in names}}
        for number, finding in changed
    ]
    if rows:
        connection.execute(statement.values({name: bindparam(f"new_{name}") for name in names}), rows)


def acknowledge(connection: Connection, number: int, by: str, note: str, now: int) -> bool:
    """Note who has seen an open alert, and drop what was to be told of its beginning and is not sent yet.

    False: there is no such alert, or it has ended. Whoever says so later stands instead.
    """
    done = connection.execute(
        alerts.update()
        .where(alerts.c.id == number, alerts.c.ended_at.is_(None), alerts.c.began_at.is_not(None))
        .values(acknowledged_at=now, acknowledged_by=by, acknowledged_note=note)
    )
    if done.rowcount == 0:
        return False
    connection.execute(
        alert_messages.update()
        .where(
            alert_messages.c.alert_id == number,
            alert_messages.c.event == "began",
            # A program keeps its own books: it hears of everything.
            alert_messages.c.channel == "mail",
            alert_messages.c.state.in_(["held", "waiting"]),
        )
        .values(state="dropped", content=None, error=None)
    )
    _leave_out_of_digests(connection, number)
    next_revision(connection, TOPIC)
    return True


def _leave_out_of_digests(connection: Connection, number: int) -> None:
    """Of mails that wait still; these are made anew (see alert_messages.unmade_digests)."""
    own, digests = alert_messages.c, alert_messages.alias("digests")
    waiting = select(digests.c.id).where(digests.c.event == "digest", digests.c.state == "waiting")
    parts = (own.alert_id == number, own.event == "began", own.channel == "mail", own.digest_id.in_(waiting))
    ids = list(connection.execute(select(own.digest_id).where(*parts)).scalars())
    if ids:
        dropped = alert_messages.update().where(*parts).values(state="dropped", digest_id=None)
        connection.execute(dropped)
        connection.execute(alert_messages.update().where(own.id.in_(ids)).values(content=None))


def _all() -> Select[Any]:
    return select(*(alerts.c[name] for name in ALERT)).order_by(alerts.c.id)


def _set(connection: Connection, ids: Collection[int], **values: Any) -> None:
    for part in _parts(ids):
        connection.execute(alerts.update().where(alerts.c.id.in_(part)).values(**values))


def _parts(ids: Collection[int]) -> list[list[int]]:
    wanted = sorted(ids)
    return [wanted[start : start + _IDS_AT_ONCE] for start in range(0, len(wanted), _IDS_AT_ONCE)]
