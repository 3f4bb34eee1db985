"""What a save changes: rows of sessions and operations, and by how much each sum grows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain, repeat
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Table, bindparam, case, func, select

from usage_store.bulk import add_numbers, insert_numbers, insert_values, interleaved
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

Key = tuple[int, int, int]  # entry, user, machine
Rows = tuple[tuple[int, ...], tuple[int, ...]]  # ranges, and how many reads of each


_ENTRY_BITS = 40
_ENTRY = (1 << _ENTRY_BITS) - 1


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
        self._sessions: list[int] = []
        self._operations: list[int] = []
        self._changed: list[dict[str, int]] = []
        self._grown: defaultdict[Key, int] = defaultdict(int)  # stored sessions
        # By entry: new sessions and new rows, by how much the reads grow, the last new session's number.
        self._entry_sessions: Counter[int] = Counter()
        self._entry_operations: defaultdict[int, int] = defaultdict(int)
        self._entry_totals: defaultdict[int, int] = defaultdict(int)
        self._newest: dict[int, int] = {}
        # By user and machine.
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._sums: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        # By day and range.
        self._sizes_of_days: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        # By user, or machine, and entry: see `_at`.
        self._user_times: defaultdict[int, int] = defaultdict(int)
        self._machine_times: defaultdict[int, int] = defaultdict(int)

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
        self._sessions = interleaved(entries, users, machines, numbers, totals)
        self._operations = interleaved(
            list(chain.from_iterable(map(repeat, numbers, lengths))),
            list(chain.from_iterable(ranges)),
            list(chain.from_iterable(counts)),
        )
        self._newest = dict(zip(entries, numbers, strict=True))
        self._entry_sessions.update(entries)
        self._pairs.update(zip(users, machines, strict=True))
        for entry_id, length, total in zip(entries, lengths, totals, strict=True):
            self._entry_operations[entry_id] += length
            self._entry_totals[entry_id] += total
        for sums, owners in ((self._user_times, users), (self._machine_times, machines)):
            for key, total in zip(map(_at, owners, entries), totals, strict=True):
                sums[key] += total
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
        self._user_times[_at(user_id, entry_id)] += growth
        self._machine_times[_at(machine_id, entry_id)] += growth
        self._sums[user_id, machine_id][range_id] += growth
        self._sizes_of_days[self._days[entry_id]][range_id] += growth
        self._entry_operations[entry_id] += before is None
        self._entry_totals[entry_id] += growth

    def write(
        self, connection: Connection, source: str, fresh: Mapping[int, Moment], known: Mapping[int, Moment]
    ) -> None:
        """`fresh` entries, by id, are made; sums of `known` ones grow."""
        self._insert_entries(connection, source, fresh)
        columns = ("entry_id", "user_id", "machine_id", "number", "total")
        insert_numbers(connection, io_sessions, columns, self._sessions)
        insert_numbers(connection, io_operations, ("session", "range_id", "count"), self._operations)
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
        users = Counter(key & _ENTRY for key in self._user_times)
        machines = Counter(key & _ENTRY for key in self._machine_times)
        sums = (
            self._entry_sessions,
            self._entry_operations,
            self._entry_totals,
            users,
            machines,
            self._newest,
        )
        values: list[int | str] = []
        for moment in fresh.values():
            values += (*moment, *(of_entries.get(moment.id, 0) for of_entries in sums), source)
        columns = (
            *("id", "time", "local_time", "sessions", "operations", "total"),
            *("users", "machines", "newest_session", "source"),
        )
        insert_values(connection, io_entries, columns, values)

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
        pairs = [
            value
            for key, by_range in self._sums.items()
            for value in (*key, self._pairs[key], sum(by_range.values()))
        ]
        columns = ("user_id", "machine_id", "sessions", "total")
        add_numbers(connection, io_pairs, columns, ("sessions", "total"), pairs)
        for table, name, place in ((io_user_sizes, "user_id", 0), (io_machine_sizes, "machine_id", 1)):
            sizes: defaultdict[tuple[int, int], int] = defaultdict(int)
            for pair, by_range in self._sums.items():
                for range_id, total in by_range.items():
                    sizes[pair[place], range_id] += total
            values = [value for key in sorted(sizes) for value in (*key, sizes[key])]
            add_numbers(connection, table, (name, "range_id", "total"), ("total",), values)
        for table, name, totals in (
            (io_user_times, "user_id", self._user_times),
            (io_machine_times, "machine_id", self._machine_times),
        ):
            # In their order in the table, which is half of the work.
            keys = sorted(totals)
            at = [self._moments[key & _ENTRY] for key in keys]
            values = interleaved(
                [key >> _ENTRY_BITS for key in keys],
                [moment.time for moment in at],
                [moment.local_time for moment in at],
                [totals[key] for key in keys],
            )
            add_numbers(connection, table, (name, "time", "local_time", "total"), ("total",), values)

    def _add_sums_of_days(self, connection: Connection) -> None:
        for table, name, totals in (
            (io_user_days, "user_id", self._user_times),
            (io_machine_days, "machine_id", self._machine_times),
        ):
            of_days: defaultdict[int, int] = defaultdict(int)
            days = self._days
            for key, total in totals.items():
                of_days[days[key & _ENTRY] << _ENTRY_BITS | key >> _ENTRY_BITS] += total
            self._add_days(connection, table, name, of_days)
        sizes = {
            day << _ENTRY_BITS | range_id: total
            for day, by_range in self._sizes_of_days.items()
            for range_id, total in by_range.items()
        }
        self._add_days(connection, io_day_sizes, "range_id", sizes)

    def _add_days(self, connection: Connection, table: Table, name: str, sums: Mapping[int, int]) -> None:
        keys = sorted(sums)
        values = interleaved(
            [key >> _ENTRY_BITS for key in keys], [key & _ENTRY for key in keys], [sums[key] for key in keys]
        )
        add_numbers(connection, table, ("day", name, "total"), ("total",), values)


def _at(owner: int, entry_id: int) -> int:
    """A user, or a machine, and an entry as one number: such a key is sorted in a quarter of the time."""
    return owner << _ENTRY_BITS | entry_id


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
