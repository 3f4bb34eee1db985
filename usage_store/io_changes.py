"""What a save changes: rows of sessions and operations, and by how much each sum grows."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import chain, repeat
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, case, func, select

from usage_store.bulk import add_numbers, insert_numbers
from usage_store.engine import upsert
from usage_store.schema_io import (
    io_entries,
    io_machine_times,
    io_operations,
    io_pairs,
    io_sessions,
    io_sums,
    io_user_times,
)

Key = tuple[int, int, int]  # entry, user, machine
Rows = tuple[tuple[int, ...], tuple[int, ...]]  # ranges, and how many reads of each


class Moment(NamedTuple):
    """An entry of the log that is being saved."""

    id: int
    time: int
    local_time: int


class _Growth:
    """By how much the sums of one entry grow."""

    __slots__ = ("machines", "newest_session", "operations", "sessions", "total", "users")

    def __init__(self) -> None:
        self.sessions = self.operations = self.total = self.newest_session = 0
        self.users: set[int] = set()
        self.machines: set[int] = set()


class IoChanges:
    """Gathers, then writes all at once."""

    def __init__(self) -> None:
        self._sessions: list[int] = []
        self._operations: list[int] = []
        self._changed: list[dict[str, int]] = []
        self._entries: defaultdict[int, _Growth] = defaultdict(_Growth)
        self._pairs: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._sums: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        self._user_times: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._machine_times: defaultdict[tuple[int, int], int] = defaultdict(int)

    def add_session(self, number: int, key: Key, rows: Rows) -> None:
        """A session that the store has not."""
        entry_id, user_id, machine_id = key
        ranges, counts = rows
        self._sessions += (entry_id, user_id, machine_id, number)
        self._operations.extend(chain.from_iterable(zip(repeat(number), ranges, counts)))
        growth = self._grow(key, len(ranges), sum(counts))
        growth.sessions += 1
        growth.newest_session = number
        growth.users.add(user_id)
        growth.machines.add(machine_id)
        self._pairs[user_id, machine_id] += 1
        sums = self._sums[user_id, machine_id]
        for range_id, count in zip(ranges, counts, strict=True):
            sums[range_id] += count

    def change_row(self, number: int, key: Key, range_id: int, count: int, before: int | None) -> None:
        """A row that session `number` has not, or (`before` is not None) has with another count."""
        growth = count - (before or 0)
        self._changed.append({"session": number, "range_id": range_id, "count": count})
        self._grow(key, before is None, growth)
        self._sums[key[1:]][range_id] += growth

    def _grow(self, key: Key, operations: int, total: int) -> _Growth:
        entry_id, user_id, machine_id = key
        self._user_times[user_id, entry_id] += total
        self._machine_times[machine_id, entry_id] += total
        growth = self._entries[entry_id]
        growth.operations += operations
        growth.total += total
        return growth

    def write(
        self, connection: Connection, source: str, fresh: Mapping[int, Moment], known: Mapping[int, Moment]
    ) -> None:
        """`fresh` entries, by id, are made; sums of `known` ones grow."""
        self._insert_entries(connection, source, fresh)
        columns = ("entry_id", "user_id", "machine_id", "number")
        insert_numbers(connection, io_sessions, columns, self._sessions)
        insert_numbers(connection, io_operations, ("session", "range_id", "count"), self._operations)
        if self._changed:
            statement = upsert(connection, io_operations)
            statement = statement.on_conflict_do_update(
                index_elements=["session", "range_id"], set_={"count": statement.excluded["count"]}
            )
            connection.execute(statement, self._changed)
        self._update_entries(connection, known)
        self._add_sums(connection, {**fresh, **known})

    def _insert_entries(self, connection: Connection, source: str, fresh: Mapping[int, Moment]) -> None:
        rows: list[dict[str, object]] = []
        for moment in fresh.values():
            growth = self._entries[moment.id]
            rows.append(
                {
                    **moment._asdict(),
                    "source": source,
                    "sessions": growth.sessions,
                    "operations": growth.operations,
                    "total": growth.total,
                    "users": len(growth.users),
                    "machines": len(growth.machines),
                    "newest_session": growth.newest_session,
                }
            )
        if rows:
            connection.execute(io_entries.insert(), rows)

    def _update_entries(self, connection: Connection, known: Mapping[int, Moment]) -> None:
        rows = []
        for entry_id in known.keys() & self._entries.keys():
            growth = self._entries[entry_id]
            grown = {"more_operations": growth.operations, "more_total": growth.total}
            rows.append({"of_entry": entry_id, "number": growth.newest_session, **grown})
        if rows:
            connection.execute(_UPDATE_ENTRY, rows)

    def _add_sums(self, connection: Connection, moments: Mapping[int, Moment]) -> None:
        pairs = [value for key, count in self._pairs.items() for value in (*key, count)]
        add_numbers(connection, io_pairs, ("user_id", "machine_id", "sessions"), ("sessions",), pairs)
        sums = [
            value
            for pair, by_range in sorted(self._sums.items())
            for range_id, total in by_range.items()
            for value in (*pair, range_id, total)
        ]
        columns = ("user_id", "machine_id", "range_id", "total")
        add_numbers(connection, io_sums, columns, ("total",), sums)
        for table, name, totals in (
            (io_user_times, "user_id", self._user_times),
            (io_machine_times, "machine_id", self._machine_times),
        ):
            values: list[int] = []
            # In their order in the table, which is half of the work.
            for (number, entry_id), total in sorted(totals.items()):
                moment = moments[entry_id]
                values += (number, moment.time, moment.local_time, total)
            add_numbers(connection, table, (name, "time", "local_time", "total"), ("total",), values)


_NUMBER = bindparam("number", type_=BigInteger)
_OF_ENTRY = io_sessions.c.entry_id == bindparam("of_entry")
_UPDATE_ENTRY = (
    io_entries.update()
    .where(io_entries.c.id == bindparam("of_entry"))
    .values(
        sessions=select(func.count()).where(_OF_ENTRY).scalar_subquery(),
        users=select(func.count(io_sessions.c.user_id.distinct())).where(_OF_ENTRY).scalar_subquery(),
        machines=select(func.count(io_sessions.c.machine_id.distinct())).where(_OF_ENTRY).scalar_subquery(),
        operations=io_entries.c.operations + bindparam("more_operations"),
        total=io_entries.c.total + bindparam("more_total"),
        newest_session=case(
            (io_entries.c.newest_session < _NUMBER, _NUMBER),
            else_=io_entries.c.newest_session,
        ),
    )
)
