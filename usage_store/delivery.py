"""Taking what agents deliver: a batch is kept whole or not at all, and once, however often it comes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from usage_store.collection_runs import forget_beyond, forget_files, note_run, replace_rejected, storable
from usage_store.delivered_names import claim_names, name_of
from usage_store.saved import Saved
from usage_store.saving import KINDS
from usage_store.schema import rejected_lines
from usage_store.schema_delivery import delivered_batches
from usermon.batch import DELIVERY, Batch, DeliveredRun, NotKept
from usermon.collection import CollectionRun
from usermon.io_records import IoSession
from usermon.records import Rejected, StorageUsage

# An agent that was away for so long delivers what it spooled, and a batch whose answer was lost is known.
KEPT_SECONDS = 30 * 86_400
_STANDING_SECONDS = 7 * 86_400
_AHEAD_SECONDS = 86_400
_TOLD = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent is told. `is_repeated`: the batch was taken before, and this was the answer then."""

    status: int
    content: dict[str, Any]
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch on its way in. `key` and `digest` (of its content) tell it from any other of this token."""

    token: str
    key: str
    digest: str
    kind: str  # of `KINDS`
    batch: Batch


class OtherContent(Exception):
    """The key is that of a batch with another content."""


def take_delivery(connection: Connection, delivery: Delivery, now: float) -> Answer:
    """Keep the batch within the caller's transaction, or repeat what was answered to it before.

    Records that fail their kind's check stand rejected with their reason; the others are kept. Raises
    OtherContent.
    """
    known = _known_answer(connection, delivery)
    if known is not None:
        return known
    envelope = delivery.batch.envelope
    source = envelope.source
    good, not_kept = _checked(connection, delivery, now)
    saved = KINDS[delivery.kind].save(connection, source, good) if good else Saved(0, 0)
    if envelope.forgotten:
        forget_files(connection, source, envelope.forgotten)
    lost: list[NotKept] = []
    for one in envelope.rejected:
        if one.file == DELIVERY:
            lost += (NotKept(line.line, line.text[:500], line.reason[:500]) for line in one.lines)
            continue
        lines = {rejected.line: _shortened(rejected) for rejected in one.lines}
        replace_rejected(
            connection, source, one.file, list(lines.values()), now, one.from_line, max(0, one.more)
        )
    _note_not_kept(connection, source, [*lost, *not_kept], now)
    rejected = sum(len(one.lines) + max(0, one.more) for one in envelope.rejected) + len(not_kept)
    note_run(connection, _run(source, envelope.collector, envelope.run, saved, rejected, now))
    answer = Answer(
        200,
        {
            "taken": saved.taken,
            "known": saved.known,
            "rejected": rejected,
            "not_kept": [{"record": one.number, "reason": one.reason} for one in not_kept[:_TOLD]],
        },
    )
    _remember(connection, delivery, answer, now)
    return answer


def _checked(connection: Connection, delivery: Delivery, now: float) -> tuple[list[Any], list[NotKept]]:
    source = delivery.batch.envelope.source
    not_kept = list(delivery.batch.not_kept)
    sound = []
    for number, record in enumerate(delivery.batch.records, start=1):
        try:
            KINDS[delivery.kind].checks[type(record)](record)
            _check_time(record, now)
            _check_volume(record, source)
        except ValueError as error:
            not_kept.append(NotKept(number, repr(record)[:200], str(error)))
        else:
            sound.append((number, record))
    foreign = claim_names(connection, delivery.kind, source, (record for _, record in sound))
    if not foreign:
        return [record for _, record in sound], not_kept
    good = []
    for number, record in sound:
        name = name_of(record)
        if name in foreign:
            not_kept.append(NotKept(number, repr(record)[:200], foreign[name]))
        else:
            good.append(record)
    return good, not_kept


def _check_time(record: Any, now: float) -> None:
    """A sample of the day after tomorrow would stand as the newest until then."""
    time = getattr(record.entry if isinstance(record, IoSession) else record, "time", None)
    if time is not None and (time.timestamp() if isinstance(time, datetime) else time) > now + _AHEAD_SECONDS:
        raise ValueError("time: more than a day ahead of the hub's clock")


def _check_volume(record: Any, source: str) -> None:
    """A source of storage is one volume, and has its name; a cluster is saved under its source's name."""
    if isinstance(record, StorageUsage) and record.volume != source:
        raise ValueError(f"volume: not that of the source {source!r}")


def _known_answer(connection: Connection, delivery: Delivery) -> Answer | None:
    columns = (delivered_batches.c.digest, delivered_batches.c.status, delivered_batches.c.answer)
    query = select(*columns).where(
        delivered_batches.c.token == delivery.token, delivered_batches.c.key == delivery.key
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.digest != delivery.digest:
        raise OtherContent
    return Answer(row.status, json.loads(row.answer), is_repeated=True)


def _remember(connection: Connection, delivery: Delivery, answer: Answer, now: float) -> None:
    old = delivered_batches.c.received_at < now - KEPT_SECONDS
    connection.execute(delivered_batches.delete().where(old))
    connection.execute(
        delivered_batches.insert().values(
            token=delivery.token,
            key=delivery.key,
            digest=delivery.digest,
            received_at=now,
            status=answer.status,
            answer=json.dumps(answer.content),
        )
    )


def _note_not_kept(connection: Connection, source: str, not_kept: Sequence[NotKept], now: float) -> None:
    """Beneath those that stand already: nobody reads a batch again, so only time mends these lines."""
    here = (rejected_lines.c.source == source, rejected_lines.c.file == DELIVERY)
    old = rejected_lines.delete().where(*here, rejected_lines.c.seen_at < now - _STANDING_SECONDS)
    if connection.execute(old).rowcount:
        forget_beyond(connection, source, DELIVERY)  # those are older still
    if not not_kept:
        return
    last = connection.execute(select(func.max(rejected_lines.c.line)).where(*here)).scalar() or 0
    lines = [Rejected(last + n, one.text, one.reason) for n, one in enumerate(not_kept, start=1)]
    replace_rejected(connection, source, DELIVERY, lines, now, last + 1)


def _shortened(rejected: Rejected) -> Rejected:
    return Rejected(rejected.line, rejected.text[:500], rejected.reason[:500])


def _run(
    source: str, collector: str, run: DeliveredRun, saved: Saved, rejected: int, now: float
) -> CollectionRun:
    # Another machine's clock may be anywhere; here nothing has ended after now.
    finished_at = min(max(0.0, run.finished_at), now)
    return CollectionRun(
        source=source,
        collector=storable(collector, 32),
        started_at=min(max(0.0, run.started_at), finished_at),
        finished_at=finished_at,
        taken=saved.taken,
        known=saved.known,
        rejected=rejected,
        error=None if run.error is None else storable(run.error, 2000),
        remedy=None if run.remedy is None else storable(run.remedy, 2000),
    )
