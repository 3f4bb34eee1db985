"""An hourly log of read sizes per user and machine, as a bpftrace script with `hist()` prints it.

    Log: 2025-03-05 01:00:11 (1741132811)

    @rd_client(gpu08,vela)[alice(guest/vela)]:
    [4K, 8K)               2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
    [8K, 16K)              0 |                                                    |

Seen from aplesner/cluster-usage (bpftrace 0.20 prints so). `Log: LOCAL TIME (UNIX SECONDS)` begins an
entry, `@rd_client(MACHINE,TYPE)[USER(ROLE/AFFILIATION)]:` a session, a row counts reads of sizes from the
first up to and without the second (bytes; K, M, G, T are powers of 1024). Rows of zero between others are
rows too. `[0]`, `[1]` and `(..., 0)` are ranges; a third part of the role is nothing; an empty role is none.

A line that is none of these is rejected, and so are the rows below it: what belongs to nobody is never added
to the session above. Blank lines and bpftrace's "Attaching 3 probes..." are nothing.
"""

import re
from functools import lru_cache
from itertools import repeat
from struct import Struct
from zoneinfo import ZoneInfo

from collectors.parsers.lines import count_newlines, shown
from usermon.io_records import (
    MOST_ROWS,
    IoClient,
    IoEntry,
    IoSession,
    check_io_client,
    check_io_count,
    check_io_entry,
)
from usermon.io_sizes import size_range
from usermon.records import Parsed, Rejected
from usermon.uninterrupted import uninterrupted

LONGEST_LINE = 2_000
# A clock may be a little ahead of ours.
AHEAD_SECONDS = 86_400

_ENTRY = b"Log: "
_SESSION = b"@rd_client("
_ENTRY_LINE = re.compile(r"Log: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \((\d{1,19})\)", re.ASCII)
_SESSION_LINE = re.compile(r"@rd_client\(([^,]+),([^)]+)\)\[([^(]+)\(([^)]*)\)\]:")
_ROW = re.compile(r"(\[[^\s,\])]+(?:\]|, [^\s)]+\))|\(\.\.\., [^\s)]+\))\s+(\d+) \|", re.ASCII)
_LOST = re.compile(r"(?:WARNING: )?Lost \d+ events", re.ASCII)
_BANNER = re.compile(r"Attaching \d+ probes?\.\.\.", re.ASCII)

# Nearly all rows are `%-16s%8d |%-52s|`. Bars say nothing that the counts do not.
_ROW_BYTES = 80
_PLAIN_COUNT = re.compile(rb" *(\d{1,8}) \|")
_MOST_PLAIN_ROWS = 64
# By their bytes, what takes them apart.
_PLAIN_ROWS = {
    _ROW_BYTES * rows: Struct("16s10s54x" * rows).unpack for rows in range(1, _MOST_PLAIN_ROWS + 1)
}
_MOST_REMEMBERED = 50_000

Row = tuple[str, int]
Record = IoEntry | IoSession


def parse(report: str, *, now: float) -> Parsed[Record]:
    """All of a log. Entries more than a day after `now` (epoch seconds) are rejected."""
    log = IoLog(now)
    begun, ended = log.read(report), log.end()
    return Parsed(begun.records + ended.records, begun.rejected + ended.rejected)


def as_fields(record: Record, _timezone: ZoneInfo) -> dict[str, object]:
    """One session with its rows; of an entry without sessions, its times."""
    entry = record if isinstance(record, IoEntry) else record.entry
    fields: dict[str, object] = {"timestamp": entry.local_time, "unix_time": entry.time}
    if isinstance(record, IoEntry):
        return fields
    client = record.client
    distribution = []
    for text, count in zip(record.sizes, record.counts, strict=True):
        low, high = size_range(text)
        row = {"display_text": text, "min_bytes": low, "max_bytes": high, "total_operations": count}
        distribution.append(row)
    return {
        **fields,
        "username": client.user,
        "user_role": client.role,
        "user_affiliation": client.affiliation,
        "machine_name": client.machine,
        "machine_type": client.machine_type,
        "io_distribution": distribution,
    }


class _Bad(Exception):
    """Why a line is none of ours."""


class IoLog:
    """Reads one log part by part, each of whole lines; a session may begin in one and end in another.

    What a part gives is what is complete: the session that it ends in comes with the next part or `end`.
    """

    def __init__(self, now: float) -> None:
        self._latest = now + AHEAD_SECONDS
        self._entry: IoEntry | None = None
        self._has_sessions = True
        self._client: IoClient | None = None
        self._rows: list[Row] = []
        self._no_session = "a row before any session"
        self._no_entry = "before the first entry"
        self._known_sizes = _KnownSizes()
        self._known_counts = _KnownCounts()
        self._known_clients: dict[bytes, IoClient] = {}
        self._records: list[Record] = []
        self._rejected: list[Rejected] = []

    def read(self, text: str, first_line: int = 1) -> Parsed[Record]:
        with uninterrupted():
            self._read(text, first_line)
        return self._found()

    def _read(self, text: str, number: int) -> None:
        # Nearly all of a log are sessions of plain rows: those of an entry are taken as a whole. The first
        # piece goes on with what the part before ended in, the last one may go on in the next part.
        begun, *sessions = text.encode("utf-8", "surrogatepass").split(b"\n" + _SESSION)
        number = self._read_lines(number, begun)
        if not sessions:
            return
        open_end = _SESSION + sessions.pop()
        of_entry: list[bytes] = []
        for session in sessions:
            of_entry.append(session)
            if not session.endswith(b"|\n"):  # something else comes before the next session
                of_entry[-1], *entries = session.split(b"\n" + _ENTRY)
                number = self._read_sessions(number, of_entry)
                for entry in entries:
                    number = self._read_lines(number, _ENTRY + entry)
                of_entry = []
        self._read_lines(self._read_sessions(number, of_entry), open_end)

    def end(self) -> Parsed[Record]:
        """Nothing more comes."""
        self._end_entry()
        return self._found()

    def _found(self) -> Parsed[Record]:
        found = Parsed(tuple(self._records), tuple(self._rejected))
        self._records, self._rejected = [], []
        return found

    def _read_sessions(self, number: int, sessions: list[bytes]) -> int:
        """The number of the line after them. What this costs is what reading a log costs."""
        if not sessions:
            return number
        if lines := self._take_plain(sessions):
            return number + lines
        if len(sessions) == 1:
            return self._read_lines(number, _SESSION + sessions[0])
        for session in sessions:
            number = self._read_sessions(number, [session])
        return number

    def _take_plain(self, sessions: list[bytes]) -> int:
        """How many lines they have, if all are of clients that are known and have but plain rows."""
        headers, _, texts = zip(*[session.partition(b"\n") for session in sessions], strict=True)
        together = b"".join(texts)
        rows = len(together) // _ROW_BYTES
        if (
            self._entry is None
            or together[_ROW_BYTES - 1 :: _ROW_BYTES] != b"\n" * rows
            or count_newlines(together) != rows
        ):
            return 0
        known_sizes, known_count = self._known_sizes, self._known_counts.__getitem__
        try:
            clients = map(self._known_clients.__getitem__, headers)
            columns = [_PLAIN_ROWS[len(text)](text) for text in texts]
            sizes = [known_sizes[of_session[::2]] for of_session in columns]
            counts = [tuple(map(known_count, of_session[1::2])) for of_session in columns]
            records = list(map(IoSession, repeat(self._entry), clients, sizes, counts))
        except (KeyError, ValueError):  # a new client, or a row that only looks like a plain one
            return 0
        if self._client is not None:
            self._end_session()
        self._has_sessions = True
        self._records += records
        return rows + 2 * len(sessions)

    def _read_lines(self, number: int, text: bytes) -> int:
        """The number of the line after them."""
        lines = text.decode("utf-8", "surrogatepass").split("\n")
        for offset, line in enumerate(lines):
            self._read_line(number + offset, line)
        return number + len(lines)

    def _read_line(self, number: int, line: str) -> None:
        line = line.removeprefix("\ufeff").strip() if number == 1 else line.strip()
        if not line:
            return
        try:
            if line[0] in "[(":
                self._add_row(line)
            elif len(line) > LONGEST_LINE:
                self._end_session("below a line that was rejected")
                raise _Bad(f"longer than {LONGEST_LINE} characters")
            elif line.startswith("Log:"):
                self._begin_entry(line)
            elif line.startswith("@"):
                self._begin_session(line)
            elif _LOST.fullmatch(line):  # comes whenever it happens, in the middle of a session too
                raise _Bad("bpftrace was too slow: the counts here are too low")
            elif not _BANNER.fullmatch(line):
                self._end_session("below a line that was rejected")
                raise _Bad("no line of an I/O log")
        except _Bad as reason:
            self._rejected.append(Rejected(number, shown(line), str(reason)))

    def _begin_entry(self, line: str) -> None:
        self._end_entry()
        self._no_entry = "the entry that it stands in was rejected"
        found = _ENTRY_LINE.fullmatch(line)
        if not found:
            raise _Bad("not like Log: 2025-03-05 01:00:11 (1741132811)")
        entry = IoEntry(int(found[2]), found[1])
        try:
            check_io_entry(entry)
        except ValueError as error:
            raise _Bad(str(error)) from None
        if entry.time > self._latest:
            raise _Bad("the time is in the future: is a clock wrong?")
        self._entry = entry
        self._has_sessions = False

    def _begin_session(self, line: str) -> None:
        self._end_session("below a header that was rejected")
        if self._entry is None:
            raise _Bad(self._no_entry)
        self._client = self._new_client(line)
        self._has_sessions = True

    def _new_client(self, line: str) -> IoClient:
        if not line.startswith("@rd_client("):
            self._no_session = "a row of another map"
            raise _Bad("another map than @rd_client")
        found = _SESSION_LINE.fullmatch(line)
        if not found:
            raise _Bad("not like @rd_client(MACHINE,TYPE)[USER(ROLE/AFFILIATION)]:")
        machine, machine_type, user, status = (part.strip() for part in found.groups())
        role, affiliation = (*(part.strip() or None for part in status.split("/")), None)[:2]
        client = IoClient(user, role, affiliation, machine, machine_type)
        try:
            check_io_client(client)
        except ValueError as error:
            raise _Bad(str(error)) from None
        if len(self._known_clients) >= _MOST_REMEMBERED:
            self._known_clients.clear()
        return self._known_clients.setdefault(line.encode("utf-8", "surrogatepass")[len(_SESSION) :], client)

    def _add_row(self, line: str) -> None:
        found = _ROW.match(line)
        if not found:
            raise _Bad("not like [4K, 8K)  2 |@@@|")
        row = _row(found[1], found[2])
        if self._entry is None:
            raise _Bad(self._no_entry)
        if self._client is None:
            raise _Bad(self._no_session)
        if len(self._rows) >= MOST_ROWS:
            raise _Bad(f"more than {MOST_ROWS} rows in one session")
        self._rows.append(row)

    def _end_entry(self) -> None:
        self._end_session("a row before any session of its entry")
        if self._entry is not None and not self._has_sessions:
            self._records.append(self._entry)
        self._entry = None

    def _end_session(self, no_session: str = "") -> None:
        if self._client is not None and self._entry is not None:
            sizes, counts = zip(*self._rows, strict=True) if self._rows else ((), ())
            self._records.append(IoSession(self._entry, self._client, sizes, counts))
        self._client, self._rows, self._no_session = None, [], no_session or self._no_session


class _KnownSizes(dict[tuple[bytes, ...], tuple[str, ...]]):
    """The ranges of whole sessions by their first columns, of which there are few. Raises ValueError."""

    def __missing__(self, columns: tuple[bytes, ...]) -> tuple[str, ...]:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        sizes = self[columns] = tuple(_sizes(_plain(column)) for column in columns)
        return sizes


class _KnownCounts(dict[bytes, int]):
    """What second columns say: small counts are in each session. Raises ValueError."""

    def __missing__(self, column: bytes) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = _PLAIN_COUNT.fullmatch(column)
        if not found:
            raise ValueError("no plain column")
        count = self[column] = int(found[1])
        return count


def _plain(column: bytes) -> str:
    """The text of a column that is filled up with blanks. Raises ValueError."""
    text = column.decode("ascii")
    if not text.endswith(" ") or text.strip() != text.rstrip():
        raise ValueError("no plain column")
    return text.rstrip()


@lru_cache(maxsize=4096)
def _sizes(text: str) -> str:
    """The range written as bpftrace does, so that each is one, whoever wrote it."""
    return str(size_range(text))


def _row(sizes: str, count: str) -> Row:
    try:
        if len(count) > 19:  # before it becomes a number, which takes long of a long one
            raise ValueError("a count that no counter reaches")
        check_io_count(int(count))
        return _sizes(sizes), int(count)
    except ValueError as error:
        raise _Bad(str(error)) from None
