"""The outbox of alerts: what is to be told to whom, saved before it is sent, so that nothing is lost."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, null, select

from usage_store.schema_alerts import alert_messages

HELD, WAITING, SENT = "held", "waiting", "sent"
MERGED, DROPPED, FAILED = "merged", "dropped", "failed"
_IDS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class NewMessage:
    """`content` is JSON, None for what a digest tells of and for what is held."""

    alert_id: int | None
    event: str  # "began", "ended" or "digest"
    channel: str  # "mail", "user" or "webhook"
    target: str
    state: str
    content: str | None = None
    digest_id: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    alert_id: int | None
    event: str
    channel: str
    target: str
    state: str
    digest_id: int | None
    created_at: int
    attempts: int
    sent_at: int | None
    error: str | None
    content: str | None


_COLUMNS = Message.__slots__


def add_messages(connection: Connection, messages: Sequence[NewMessage], now: int) -> list[int]:
    """Their ids, in the same order."""
    if not messages:
        return []
    rows = [{**asdict(one), "created_at": now, "next_at": now, "attempts": 0} for one in messages]
    statement = alert_messages.insert().returning(alert_messages.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def held_messages(connection: Connection) -> list[Message]:
    return _messages(connection, _all().where(alert_messages.c.state == HELD))


def due_messages(connection: Connection, now: int, limit: int) -> list[Message]:
    """What waits and is to be tried at `now`, the oldest first; before an end its beginning, due or not."""
    waits = (alert_messages.c.state == WAITING) & alert_messages.c.content.is_not(None)
    is_due = waits & (alert_messages.c.next_at <= now)
    due = _messages(connection, _all().where(is_due).limit(limit))
    if all(one.event == "began" for one in due):
        return due
    own = alert_messages.c
    digests = select(own.id).where(is_due, own.event == "digest")
    ending = select(own.alert_id).where(own.event == "ended", is_due | own.digest_id.in_(digests))
    of_beginnings = own.alert_id.in_(ending) & (own.event == "began")
    in_digests = select(own.digest_id).where(of_beginnings, own.digest_id.is_not(None))
    earlier = _messages(connection, _all().where(waits, of_beginnings | own.id.in_(in_digests)))
    return sorted({one.id: one for one in (*due, *earlier)}.values(), key=lambda one: one.id)


def unmade_digests(connection: Connection) -> list[tuple[Message, list[Message]]]:
    """Those that wait and lost their content, since something that they told of was acknowledged; and what
    is left of each."""
    own = alert_messages.c
    unmade = _all().where(own.state == WAITING, own.event == "digest", own.content.is_(None))
    return [
        (digest, _messages(connection, _all().where(own.digest_id == digest.id)))
        for digest in _messages(connection, unmade)
    ]


def make_anew(connection: Connection, digest_id: int, content: str | None) -> None:
    """None: nothing is left to be told."""
    _set(connection, [digest_id], content=content, **({"state": DROPPED} if content is None else {}))


def messages_of(connection: Connection, alert_ids: Iterable[int]) -> dict[int, list[Message]]:
    """By alert; what a digest told has the digest's state, moment and error."""
    wanted = sorted(alert_ids)
    found: dict[int, list[Message]] = {}
    digests = alert_messages.alias("digests")
    own = alert_messages.c
    merged = {"state", "attempts", "sent_at", "error"}
    columns: list[ColumnElement[Any]] = [
        func.coalesce(digests.c[name], own[name]).label(name) if name in merged else own[name]
        for name in _COLUMNS[:-1]
    ]
    columns.append(null().label("content"))
    query = (
        select(*columns)
        .select_from(alert_messages)
        .outerjoin(digests, digests.c.id == own.digest_id)
        .order_by(own.id)
    )
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        for row in connection.execute(query.where(own.alert_id.in_(wanted[start : start + _IDS_AT_ONCE]))):
            found.setdefault(row.alert_id, []).append(Message(*row))
    return found


def told_of(connection: Connection, alert_ids: Collection[int]) -> list[Message]:
    """Whom the beginning of these alerts was told, or will be."""
    digests = alert_messages.alias("digests")
    given_up = select(digests.c.id).where(digests.c.event == "digest", digests.c.state == FAILED)
    digest_id = alert_messages.c.digest_id
    wanted = sorted(alert_ids)
    found: list[Message] = []
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        part = wanted[start : start + _IDS_AT_ONCE]
        query = _all().where(
            alert_messages.c.alert_id.in_(part),
            alert_messages.c.event == "began",
            alert_messages.c.state.not_in([DROPPED, FAILED]),
            digest_id.is_(None) | digest_id.not_in(given_up),
        )
        found += _messages(connection, query)
    return found


def merge(connection: Connection, ids: Collection[int], digest_id: int) -> None:
    _set(connection, ids, state=MERGED, digest_id=digest_id, content=None)
    # With those that they stood for.
    for part in _parts(ids):
        theirs = alert_messages.update().where(alert_messages.c.digest_id.in_(part))
        connection.execute(theirs.values(digest_id=digest_id))


def let_go(connection: Connection, number: int, content: str, now: int) -> None:
    """What was held waits to be sent."""
    _set(connection, [number], state=WAITING, content=content, next_at=now)


def note_sent(connection: Connection, number: int, now: int) -> None:
    _set(
        connection,
        [number],
        state=SENT,
        sent_at=now,
        error=None,
        content=None,
        attempts=alert_messages.c.attempts + 1,
    )


def note_not_sent(connection: Connection, number: int, error: str, next_at: int | None) -> None:
    """Try again at `next_at`; None: never again."""
    changed: dict[str, Any] = {"error": error, "attempts": alert_messages.c.attempts + 1}
    if next_at is None:
        changed |= {"state": FAILED, "content": None}
    else:
        changed |= {"next_at": next_at}
    _set(connection, [number], **changed)


def try_again_now(connection: Connection, channels: Collection[str], now: int) -> None:
    """What waits for a server that is there again."""
    waiting = (alert_messages.c.state == WAITING, alert_messages.c.next_at > now)
    connection.execute(
        alert_messages.update()
        .where(*waiting, alert_messages.c.channel.in_(channels), alert_messages.c.attempts > 0)
        .values(next_at=now)
    )


def forget_ends_of(connection: Connection, number: int) -> None:
    """Whoever never came to hear that something began need not hear that it ended."""
    began = alert_messages.alias("began")
    own = alert_messages.c
    never_told = select(began.c.id).where(
        (began.c.id == number) | (began.c.digest_id == number),
        began.c.event == "began",
        began.c.alert_id == own.alert_id,
        began.c.channel == own.channel,
        began.c.target == own.target,
    )
    connection.execute(
        alert_messages.update()
        .where(own.event == "ended", own.state.in_([HELD, WAITING]), never_told.exists())
        .values(state=FAILED, content=None, error="its beginning was given up")
    )


def standing_error(connection: Connection) -> tuple[int, str] | None:
    """How many messages wait after an attempt that failed, and why the newest of them did."""
    waiting = (alert_messages.c.state == WAITING, alert_messages.c.attempts > 0)
    count = connection.execute(select(func.count()).select_from(alert_messages).where(*waiting)).scalar_one()
    newest = select(alert_messages.c.error).where(*waiting).order_by(alert_messages.c.id.desc()).limit(1)
    error = connection.execute(newest).scalar()
    return None if error is None else (int(count), error)


def count_waiting(connection: Connection) -> dict[str, int]:
    """Held, waiting and failed ones, by state."""
    query = (
        select(alert_messages.c.state, func.count())
        .where(alert_messages.c.state.in_([HELD, WAITING, FAILED]))
        .group_by(alert_messages.c.state)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _all() -> Select[Any]:
    return select(*(alert_messages.c[name] for name in _COLUMNS)).order_by(alert_messages.c.id)


def _messages(connection: Connection, query: Select[Any]) -> list[Message]:
    rows: Iterable[Row[Any]] = connection.execute(query)
    return [Message(*row) for row in rows]


def _set(connection: Connection, ids: Collection[int], **values: Any) -> None:
    for part in _parts(ids):
        connection.execute(alert_messages.update().where(alert_messages.c.id.in_(part)).values(**values))


def _parts(ids: Collection[int]) -> list[list[int]]:
    wanted = sorted(ids)
    return [wanted[start : start + _IDS_AT_ONCE] for start in range(0, len(wanted), _IDS_AT_ONCE)]
