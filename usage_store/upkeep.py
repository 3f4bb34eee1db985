"""What the store does for itself once an hour: old data becomes coarser, and goes when its time is over.

In small transactions, so that whoever saves meanwhile waits no second; ended half-way, the next hour goes on.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from sqlalchemy import Connection

from usage_store import expiry, host_hours
from usage_store.engine import Store
from usage_store.expiry import Portion
from usage_store.revisions import next_revision
from usermon.retention import Retention


@dataclass
class Upkeep:
    """What was done to one kind."""

    kind: str
    rolled_up: int = 0
    dropped: int = 0


def keep_up(
    store: Store, retention: Retention, now: int, is_stopping: Callable[[], bool] = lambda: False
) -> list[Upkeep]:
    """Do all that is due at `now` (epoch seconds); the kinds in which anything was.

    Raises:
        StoreUnreachable: what was done until then stays done.
    """
    done: dict[str, Upkeep] = {}
    for kind, kept_seconds, due in _rules(retention):
        if kept_seconds is None:
            continue
        with store.reading() as connection:
            portions = list(due(connection, now, kept_seconds))
        for portion in portions:
            if is_stopping():
                break
            started = time.monotonic()
            with store.writing() as connection:
                rolled_up, dropped = portion(connection)
                if rolled_up or dropped:
                    next_revision(connection, kind)
            # Half of the time is the others': on SQLite a writer who waits only looks now and then.
            time.sleep(time.monotonic() - started)
            upkeep = done.setdefault(kind, Upkeep(kind))
            upkeep.rolled_up += rolled_up
            upkeep.dropped += dropped
    return [upkeep for upkeep in done.values() if upkeep.rolled_up or upkeep.dropped]


# Asked with the moment and how long what it is about is kept.
_Due: TypeAlias = Callable[[Connection, int, int], Iterator[Portion]]


def _rules(retention: Retention) -> tuple[tuple[str, int | None, _Due], ...]:
    return (
        ("hosts", retention.hosts_in_full, _minutes_to_hours),
        ("hosts", retention.hosts, _older(expiry.old_hosts)),
        ("storage", retention.storage, _older(expiry.old_storage)),
        ("queues", retention.queues_in_full, _older(expiry.thin_queues)),
        ("queues", retention.queues, _older(expiry.old_queues)),
        ("io", retention.io, _older(expiry.old_io)),
        ("backups", retention.backups, _older(expiry.old_backups)),
        ("alerts", retention.alerts, _older(expiry.old_alerts)),
    )


def _older(due: Callable[[Connection, int], Iterator[Portion]]) -> _Due:
    return lambda connection, now, kept_seconds: due(connection, now - kept_seconds)


def _minutes_to_hours(connection: Connection, now: int, kept_seconds: int) -> Iterator[Portion]:
    for due in host_hours.old_minutes(connection, kept_seconds, now):
        for portion in host_hours.portions(due):
            yield partial(_roll_up, portion)


def _roll_up(portion: host_hours.OldMinutes, connection: Connection) -> tuple[int, int]:
    return host_hours.roll_up(connection, portion), 0
