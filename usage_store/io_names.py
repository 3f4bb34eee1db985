"""The users, machines and ranges of sizes of I/O logs: each stands in the store once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.schema_io import io_machines, io_size_ranges, io_users
from usermon.io_records import IoClient, IoSession
from usermon.io_sizes import size_range


@dataclass(frozen=True, slots=True)
class IoNames:
    """The ids of what some sessions name.

    Thousands of sessions share their client and their sizes: `clients` (user, machine) and `ranges` are by
    the `id` of the object, which is quicker to look up than what it says.
    """

    user_ids: Mapping[str, int]
    clients: Mapping[int, tuple[int, int]]
    ranges: Mapping[int, tuple[int, ...]]
    newest: Mapping[int, tuple[int, IoClient]]  # by user id: a time, and what was said of the user then


def names_of(connection: Connection, sessions: Sequence[IoSession]) -> IoNames:
    """Ids of all that `sessions` name; what is new is entered."""
    clients = {id(session.client): session.client for session in sessions}
    user_ids = ids_of_users(connection, (client.user for client in clients.values()))
    machine_ids = _machine_ids(connection, {(c.machine, c.machine_type) for c in clients.values()})
    newest: dict[int, tuple[int, IoClient]] = {}
    for number, time in _newest_times(sessions).items():
        newest.setdefault(user_ids[clients[number].user], (time, clients[number]))
    all_sizes = {id(session.sizes): session.sizes for session in sessions}
    range_ids = _range_ids(connection, {text for sizes in all_sizes.values() for text in sizes})
    return IoNames(
        user_ids,
        {n: (user_ids[c.user], machine_ids[c.machine, c.machine_type]) for n, c in clients.items()},
        {number: tuple(range_ids[text] for text in sizes) for number, sizes in all_sizes.items()},
        newest,
    )


def _newest_times(sessions: Sequence[IoSession]) -> dict[int, int]:
    """The newest entry's time of each client, newest first; of one time, the later given first."""
    entries = {id(session.entry): session.entry.time for session in sessions}
    times = list(entries.values())
    in_order: Sequence[IoSession] = sessions
    if times != sorted(times):  # seldom
        in_order = sorted(sessions, key=lambda session: session.entry.time)
    newest: dict[int, int] = {}
    for session in reversed(in_order):
        newest.setdefault(id(session.client), session.entry.time)
    return newest


def save_roles(connection: Connection, newest: Mapping[int, tuple[int, IoClient]]) -> bool:
    """What the newest entry says of a user stands, in whatever order entries come; whether any is another."""
    query = select(io_users.c.user_id, io_users.c.time, io_users.c.role, io_users.c.affiliation)
    stood = {row.user_id: row for row in connection.execute(query)}
    rows = []
    is_another = False
    for user_id, (time, client) in newest.items():
        before = stood.get(user_id)
        said = (client.role, client.affiliation)
        differs = before is None or said != (before.role, before.affiliation)
        if before is None or time > before.time or (time == before.time and differs):
            rows.append({"user_id": user_id, "time": time, "role": said[0], "affiliation": said[1]})
            is_another = is_another or differs
    if rows:
        statement = upsert(connection, io_users)
        changed = {name: statement.excluded[name] for name in ("time", "role", "affiliation")}
        connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed), rows)
    return is_another


def _machine_ids(connection: Connection, machines: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    # A facility has hundreds of machines: all are read at once.
    query = select(io_machines.c.name, io_machines.c.type, io_machines.c.id)
    found = {(name, kind): number for name, kind, number in connection.execute(query)}
    missing = [{"name": name, "type": kind} for name, kind in sorted(machines) if (name, kind) not in found]
    if missing:
        connection.execute(io_machines.insert(), missing)
        found = {(name, kind): number for name, kind, number in connection.execute(query)}
    return found


def _range_ids(connection: Connection, texts: Iterable[str]) -> dict[str, int]:
    query = select(io_size_ranges.c.text, io_size_ranges.c.id)
    found = {row.text: row.id for row in connection.execute(query)}
    missing = [text for text in sorted(texts) if text not in found]
    if not missing:
        return found
    # Two ways to write one range ("[1K, 2K)", "[1024, 2048)") are one range.
    sizes = {text: size_range(text) for text in missing}
    new = {str(one): one for one in sizes.values() if str(one) not in found}
    if new:
        rows = [{"text": text, "low": one.low, "high": one.high} for text, one in new.items()]
        connection.execute(io_size_ranges.insert(), rows)
        found |= {row.text: row.id for row in connection.execute(query)}
    return found | {text: found[str(one)] for text, one in sizes.items()}
