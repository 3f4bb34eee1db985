"""Saving I/O logs: an entry that comes again changes nothing, and what is another in it replaces what stood.

A log is cut, rotated, read twice, and goes on in the middle of an entry: so an entry is never finished. What
comes of it adds sessions and rows, or gives a row another count; nothing that comes takes anything away.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.elements import ColumnElement

from usage_store.io_changes import IoChanges, Key, Moment, Rows
from usage_store.io_names import IoNames, Shared, names_of, newest_of_users, save_roles
from usage_store.revisions import next_revision
from usage_store.saved import Saved
from usage_store.schema_io import io_entries, io_operations, io_sessions
from usage_store.user_revisions import note_changed_users
from usermon.io_records import IoClient, IoEntry, IoSession, clock_seconds
from usermon.uninterrupted import uninterrupted

_ENTRIES_AT_ONCE = 500

Stored = dict[Key, tuple[int, dict[int, int]]]  # of a session: its number, and its counts by range


class _Columns(NamedTuple):
    """What sessions say."""

    entries: Shared[IoEntry]
    clients: Shared[IoClient]
    sizes: Shared[tuple[str, ...]]
    counts: list[tuple[int, ...]]


def save_io(connection: Connection, source: str, records: Sequence[IoEntry | IoSession]) -> Saved:
    """Save what parts of the log of `source` say; of two counts for one thing the later given stands."""
    if not records:
        return Saved(0, 0)
    with uninterrupted():
        return _save(connection, source, records)


def _save(connection: Connection, source: str, records: Sequence[IoEntry | IoSession]) -> Saved:
    sessions = [record for record in records if isinstance(record, IoSession)]
    bare = {record.time: record for record in records if isinstance(record, IoEntry)}
    entries = [session.entry for session in sessions]
    columns = _Columns(
        Shared(entries),
        Shared([session.client for session in sessions]),
        Shared([session.sizes for session in sessions]),
        [session.counts for session in sessions],
    )
    told = {entry.time: entry for entry in columns.entries.each()} | bare
    known = _stored_moments(connection, source, sorted(told))
    fresh = _new_moments(connection, [entry for time, entry in told.items() if time not in known])
    names = names_of(connection, columns.clients.each(), columns.sizes.each())
    given = _merged(columns, {**known, **fresh}, names)

    known_ids = {moment.id: moment for moment in known.values()}
    fresh_ids = {moment.id: moment for moment in fresh.values()}
    changes = IoChanges({**fresh_ids, **known_ids})
    changed: set[Key] = set()
    if known:
        stored = _stored_sessions(connection, sorted(known_ids))
        if gone := _expired(connection, known_ids.keys() - {entry_id for entry_id, _, _ in stored}):
            given = {key: rows for key, rows in given.items() if key[0] not in gone}
        for key in given.keys() & stored.keys():
            if _change(changes, key, given.pop(key), *stored[key]):
                changed.add(key)
    changes.add_sessions(_next_id(connection, io_entries.c.newest_session), given)
    changes.write(connection, source, fresh_ids, known_ids)

    taken = len(given) + len(changed) + len(fresh.keys() & bare.keys())
    touched = {key[1] for part in (given, changed) for key in part}
    if save_roles(connection, newest_of_users(entries, columns.clients, names)) or taken or fresh:
        revision = next_revision(connection, "io")
        note_changed_users(connection, "io", touched, revision)
    users = frozenset(user for user, user_id in names.users.items() if user_id in touched)
    return Saved(taken, len(records) - taken, users)


def _stored_moments(connection: Connection, source: str, times: list[int]) -> dict[int, Moment]:
    columns = (io_entries.c.id, io_entries.c.time, io_entries.c.local_time)
    found: dict[int, Moment] = {}
    for part in _parts(times):
        query = select(*columns).where(io_entries.c.source == source, io_entries.c.time.in_(part))
        found |= {row.time: Moment._make(row) for row in connection.execute(query)}
    return found


def _new_moments(connection: Connection, entries: list[IoEntry]) -> dict[int, Moment]:
    first = _next_id(connection, io_entries.c.id)
    return {
        entry.time: Moment(number, entry.time, clock_seconds(entry.local_time))
        for number, entry in enumerate(entries, start=first)
    }


def _next_id(connection: Connection, column: ColumnElement[int]) -> int:
    # Nobody else takes it meanwhile: there is one writer at a time (see Store.writing).
    return (connection.execute(select(func.max(column))).scalar() or 0) + 1


def _merged(columns: _Columns, moments: Mapping[int, Moment], names: IoNames) -> dict[Key, Rows]:
    """The rows of each session, those of all its parts together."""
    keys: list[Key] = list(
        zip(
            columns.entries.column(lambda entry: moments[entry.time].id),
            columns.clients.column(names.user_of),
            columns.clients.column(names.machine_of),
            strict=True,
        )
    )
    rows = list(zip(columns.sizes.column(names.ranges_of), columns.counts, strict=True))
    merged: dict[Key, Rows] = dict(zip(keys, rows, strict=True))
    doubled = any(len(set(ids)) < len(ids) for ids in map(names.ranges_of, columns.sizes.each()))
    if not doubled and len(merged) == len(rows):
        return merged
    merged = {}
    for key, of_part in zip(keys, rows, strict=True):
        together = dict(zip(*merged.get(key, ((), ())), strict=True))
        together.update(zip(*of_part, strict=True))
        merged[key] = tuple(together), tuple(together.values())
    return merged


def _stored_sessions(connection: Connection, entry_ids: list[int]) -> Stored:
    stored: Stored = {}
    by_number: dict[int, dict[int, int]] = {}
    keys = (io_sessions.c.entry_id, io_sessions.c.user_id, io_sessions.c.machine_id)
    for part in _parts(entry_ids):
        of_these = io_sessions.c.entry_id.in_(part)
        for number, *key in connection.execute(select(io_sessions.c.number, *keys).where(of_these)):
            by_number[number] = {}
            stored[tuple(key)] = number, by_number[number]
        rows = (
            select(io_operations)
            .join(io_sessions, io_sessions.c.number == io_operations.c.session)
            .where(of_these)
        )
        for number, range_id, count in connection.execute(rows):
            by_number[number][range_id] = count
    return stored


def _expired(connection: Connection, entry_ids: Collection[int]) -> set[int]:
    """Of entries without sessions those that had some, which went with age: they are in the sums still."""
    found: set[int] = set()
    for part in _parts(sorted(entry_ids)):
        query = select(io_entries.c.id).where(io_entries.c.id.in_(part), io_entries.c.sessions > 0)
        found |= set(connection.execute(query).scalars())
    return found


def _change(changes: IoChanges, key: Key, rows: Rows, number: int, stood: dict[int, int]) -> bool:
    """Whether anything of a stored session is another now."""
    is_another = False
    for range_id, count in zip(*rows, strict=True):
        if stood.get(range_id) != count:
            changes.change_row(number, key, range_id, count, stood.get(range_id))
            is_another = True
    return is_another


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _ENTRIES_AT_ONCE):
        yield numbers[start : start + _ENTRIES_AT_ONCE]
