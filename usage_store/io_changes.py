"""What a save changes: rows of sessions and operations, and by how much each sum grows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

from sqlalchemy import BigInteger, Connection, Table, bindparam, case, func, select

from usage_store.bulk import add_numbers, insert_numbers, insert_values
from usage_store.engine import upsert
from usage_store.retention import DAY_SECONDS
from usage_store.schema_io import (
    io_day_sizes,
    io_entries,
    io_machine_days,
    io_machine_sizes,
    io_machine_times,
    io_operations,
    io_pairs,
    io_sessions,
    io_user_days,
    io_user_sizes,
    io_user_times,
)

KeyOfSums = TypeVar("KeyOfSums")
Key = tuple[int, int, int]  # entry, user, machine
Rows = tuple[tuple[int, ...], tuple[int, ...]]  # ranges, and how many reads of each
Sums = defaultdict[KeyOfSums, defaultdict[int, int]]


class Moment(NamedTuple):
    """An entry of the log that is being saved."""

    id: int
    time: int
    local_time: int

    @property
    def day(self) -> int:
        """Of the clock on the wall, counted from 1970-01-01."""
        return self.local_time // DAY_SECONDS


class IoChanges:
    """Gathers, then writes all at once. `moments`, by id, are those of all entries that it may be told of."""

    def __init__(self, moments: Mapping[int, Moment]) -> None:
        self._moments = moments
        self._days = {number: moment.day for number, moment in moments.items()}
        # By their columns.
        self._sessions: dict[str, Iterable[int]] = {}
        self._operations: dict[str, Iterable[int]] = {}
        self._changed: list[dict[str, int]] = []
        self._grown: defaultdict[Key, int] = defaultdict(int)  # stored sessions
        # By entry: new sessions and new rows, by how much the reads grow, the last new session's number.
        self._entry_sessions: Counter[int] = Counter()
        self._entry_operations: defaultdict[int, int] = defaultdict(int)
        self._entry_totals: defaultdict[int, int] = defaultdict(int)
        self._newest: dict[int, int] = {}
        # By user and machine.
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._sums: Sums[tuple[int, int]] = defaultdict(_sums)  # by range
        # By day and range.
        self._sizes_of_days: Sums[int] = defaultdict(_sums)
        # By user, or machine, and entry.
        self._user_entries: Sums[int] = defaultdict(_sums)
        self._machine_entries: Sums[int] = defaultdict(_sums)

    def add_sessions(self, first_number: int, sessions: Mapping[Key, Rows]) -> None:
        """Sessions that the store has not.

        By the column, as far as that goes: of millions of rows, a loop over each would take longer than the
        database.
        """
        if not sessions:
            return
        entries, users, machines = zip(*sessions, strict=True)
        ranges, counts = zip(*sessions.values(), strict=True)
        numbers = range(first_number, first_number + len(sessions))
        lengths, totals = list(map(len, ranges)), list(map(sum, counts))
        self._sessions = {
            "entry_id": entries,
            "user_id": users,
            "machine_id": machines,
            "number": numbers,
            "total": totals,
        }
        self._operations = {
            "session": chain.from_iterable(map(repeat, numbers, lengths)),
            "range_id": chain.from_iterable(ranges),
            "count": chain.from_iterable(counts),
        }
        self._newest = dict(zip(entries, numbers, strict=True))
        self._entry_sessions.update(entries)
        self._pairs.update(zip(users, machines, strict=True))
        entry_operations, entry_totals = self._entry_operations, self._entry_totals
        of_users, of_machines = self._user_entries, self._machine_entries
        for entry_id, user_id, machine_id, length, total in zip(
            entries, users, machines, lengths, totals, strict=True
        ):
            entry_operations[entry_id] += length
            entry_totals[entry_id] += total
            of_users[user_id][entry_id] += total
            of_machines[machine_id][entry_id] += total
        sums_of_pairs, sums_of_days, days = self._sums, self._sizes_of_days, self._days
        for entry_id, user_id, machine_id, of_session, counted in zip(
            entries, users, machines, ranges, counts, strict=True
        ):
            by_range = sums_of_pairs[user_id, machine_id]
            of_day = sums_of_days[days[entry_id]]
            for range_id, count in zip(of_session, counted):  # noqa: B905 - strict costs a tenth of it all
                by_range[range_id] += count
                of_day[range_id] += count

    def change_row(self, number: int, key: Key, range_id: int, count: int, before: int | None) -> None:
        """A row that session `number` has not, or (`before` is not None) has with another count."""
        entry_id, user_id, machine_id = key
        growth = count - (before or 0)
        self._changed.append({"session": number, "range_id": range_id, "count": count})
        self._grown[key] += growth
        self._user_entries[user_id][entry_id] += growth
        self._machine_entries[machine_id][entry_id] += growth
        self._sums[user_id, machine_id][range_id] += growth
        self._sizes_of_days[self._days[entry_id]][range_id] += growth
        self._entry_operations[entry_id] += before is None
        self._entry_totals[entry_id] += growth

    def write(
        self, connection: Connection, source: str, fresh: Mapping[int, Moment], known: Mapping[int, Moment]
    ) -> None:
        """`fresh` entries, by id, are made; sums of `known` ones grow."""
        self._insert_entries(connection, source, fresh)
        if self._sessions:
            insert_numbers(connection, io_sessions, self._sessions)
            insert_numbers(connection, io_operations, self._operations)
        if self._changed:
            statement = upsert(connection, io_operations)
            statement = statement.on_conflict_do_update(
                index_elements=["session", "range_id"], set_={"count": statement.excluded["count"]}
            )
            connection.execute(statement, self._changed)
            grown = ((*key, growth) for key, growth in self._grown.items())
            names = ("of_entry", "of_user", "of_machine", "growth")
            connection.execute(_GROW_SESSION, [dict(zip(names, row, strict=True)) for row in grown])
        self._update_entries(connection, known)
        self._add_sums(connection)
        self._add_sums_of_days(connection)

    def _insert_entries(self, connection: Connection, source: str, fresh: Mapping[int, Moment]) -> None:
        ids, times, local_times = zip(*fresh.values(), strict=True) if fresh else ((), (), ())
        sums: dict[str, Mapping[int, int]] = {
            "sessions": self._entry_sessions,
            "operations": self._entry_operations,
            "total": self._entry_totals,
            "users": Counter(chain.from_iterable(self._user_entries.values())),
            "machines": Counter(chain.from_iterable(self._machine_entries.values())),
            "newest_session": self._newest,
        }
        columns: dict[str, Iterable[int | str]] = {
            "id": ids,
            "time": times,
            "local_time": local_times,
            **{name: map(of_entries.get, ids, repeat(0)) for name, of_entries in sums.items()},
            "source": repeat(source, len(ids)),
        }
        insert_values(connection, io_entries, columns)

    def _update_entries(self, connection: Connection, known: Mapping[int, Moment]) -> None:
        rows = [
            {
                "of_entry": entry_id,
                "number": self._newest.get(entry_id, 0),
                "more_operations": self._entry_operations[entry_id],
                "more_total": self._entry_totals[entry_id],
            }
            for entry_id in known.keys() & self._entry_totals.keys()
        ]
        if rows:
            connection.execute(_UPDATE_ENTRY, rows)

    def _add_sums(self, connection: Connection) -> None:
        pairs = {
            "user_id": [user_id for user_id, _ in self._sums],
            "machine_id": [machine_id for _, machine_id in self._sums],
            "sessions": [self._pairs[pair] for pair in self._sums],
            "total": [sum(by_range.values()) for by_range in self._sums.values()],
        }
        add_numbers(connection, io_pairs, pairs, ("sessions", "total"))
        of_users: Sums[int] = defaultdict(_sums)
        of_machines: Sums[int] = defaultdict(_sums)
        for (user_id, machine_id), by_range in self._sums.items():
            of_user, of_machine = of_users[user_id], of_machines[machine_id]
            for range_id, total in by_range.items():
                of_user[range_id] += total
                of_machine[range_id] += total
        _add(connection, io_user_sizes, ("user_id", "range_id"), of_users)
        _add(connection, io_machine_sizes, ("machine_id", "range_id"), of_machines)
        self._add_times(connection, io_user_times, "user_id", self._user_entries)
        self._add_times(connection, io_machine_times, "machine_id", self._machine_entries)

    def _add_times(self, connection: Connection, table: Table, name: str, sums: Sums[int]) -> None:
        # In their order in the table, which is half of the work.
        owners = sorted(sums)
        at = [self._moments[entry_id] for owner in owners for entry_id in sums[owner]]
        columns = {
            name: chain.from_iterable(repeat(owner, len(sums[owner])) for owner in owners),
            "time": [moment.time for moment in at],
            "local_time": [moment.local_time for moment in at],
            "total": chain.from_iterable(sums[owner].values() for owner in owners),
        }
        add_numbers(connection, table, columns, ("total",))

    def _add_sums_of_days(self, connection: Connection) -> None:
        days = self._days
        for table, name, sums in (
            (io_user_days, "user_id", self._user_entries),
            (io_machine_days, "machine_id", self._machine_entries),
        ):
            of_days: Sums[int] = defaultdict(_sums)
            for owner, by_entry in sums.items():
                for entry_id, total in by_entry.items():
                    of_days[days[entry_id]][owner] += total
            _add(connection, table, ("day", name), of_days)
        _add(connection, io_day_sizes, ("day", "range_id"), self._sizes_of_days)


def _sums() -> defaultdict[int, int]:
    return defaultdict(int)


def _add(connection: Connection, table: Table, names: tuple[str, str], sums: Sums[int]) -> None:
    """To the sums of a table by the two columns of its key."""
    keys = [(first, second) for first in sorted(sums) for second in sorted(sums[first])]
    columns = {
        names[0]: [first for first, _ in keys],
        names[1]: [second for _, second in keys],
        "total": [sums[first][second] for first, second in keys],
    }
    add_numbers(connection, table, columns, ("total",))


_NUMBER = bindparam("number", type_=BigInteger)
_OF_ENTRY = io_sessions.c.entry_id == bindparam("of_entry")
_GROW_SESSION = (
    io_sessions.update()
    .where(
        _OF_ENTRY,
        io_sessions.c.user_id == bindparam("of_user"),
        io_sessions.c.machine_id == bindparam("of_machine"),
    )
    .values(total=io_sessions.c.total + bindparam("growth", type_=BigInteger))
)
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
