"""The users, machines and ranges of sizes of I/O logs: each stands in the store once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import gt, itemgetter
from typing import Generic, TypeVar

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.schema_io import io_machines, io_size_ranges, io_users
from usermon.io_records import IoClient, IoEntry
from usermon.io_sizes import size_range

Part = TypeVar("Part")
Said = TypeVar("Said")


class Shared(Generic[Part]):
    """A column of what sessions share: thousands of them have one entry, one client, one tuple of sizes.

    Each is told apart by the object, which is quicker to look up than what it says.
    """

    def __init__(self, column: Sequence[Part]) -> None:
        self._numbers = list(map(id, column))
        self._each = dict(zip(self._numbers, column, strict=True))

    def each(self) -> Collection[Part]:
        return self._each.values()

    def column(self, say: Callable[[Part], Said]) -> Iterator[Said]:
        """What is said of each, for one session after the other."""
        said = {number: say(part) for number, part in self._each.items()}
        return map(said.__getitem__, self._numbers)

    def last_places(self, order: Sequence[int]) -> list[tuple[Part, int]]:
        """Of each the last session that has it, in this order of all sessions; the very last first."""
        in_order = map(self._numbers.__getitem__, order)
        last = dict(zip(in_order, range(len(order)), strict=True))
        places = sorted(last.items(), key=itemgetter(1), reverse=True)
        return [(self._each[number], order[place]) for number, place in places]


@dataclass(frozen=True, slots=True)
class IoNames:
    """The ids of what some sessions name."""

    users: Mapping[str, int]
    machines: Mapping[tuple[str, str], int]
    ranges: Mapping[str, int]

    def user_of(self, client: IoClient) -> int:
        return self.users[client.user]

    def machine_of(self, client: IoClient) -> int:
        return self.machines[client.machine, client.machine_type]

    def ranges_of(self, sizes: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.ranges[text] for text in sizes)


def names_of(
    connection: Connection, clients: Collection[IoClient], sizes: Collection[tuple[str, ...]]
) -> IoNames:
    """Ids of all that these name; what is new is entered."""
    return IoNames(
        ids_of_users(connection, (client.user for client in clients)),
        _machine_ids(connection, {(client.machine, client.machine_type) for client in clients}),
        _range_ids(connection, {text for of_session in sizes for text in of_session}),
    )


def newest_of_users(
    entries: Sequence[IoEntry], clients: Shared[IoClient], names: IoNames
) -> dict[int, tuple[int, IoClient]]:
    """By user id the newest entry's time, and what it says of the user; of one time what is given later.

    `entries` are those of the sessions whose `clients` these are.
    """
    times = [entry.time for entry in entries]
    order: Sequence[int] = range(len(times))
    if any(map(gt, times, times[1:])):  # seldom
        order = sorted(order, key=times.__getitem__)
    newest: dict[int, tuple[int, IoClient]] = {}
    for client, place in clients.last_places(order):
        newest.setdefault(names.user_of(client), (times[place], client))
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
