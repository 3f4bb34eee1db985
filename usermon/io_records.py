"""What an I/O log says: who read how often, on which machine, in which sizes, one entry an hour."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from usermon.errors import InvalidUserName
from usermon.io_sizes import size_range
from usermon.user_names import check_user_name

LONGEST_NAME = 255
# Of one size by one user on one machine in an entry. A counter that says more is broken, and so few that no
# sum of them passes what the store can hold.
MOST_READS = 10**12
# A histogram has 64 ranges, one for each bit of a size; those of equal steps have some hundreds.
MOST_ROWS = 1_000
_LONGEST_CLOCK_DIFFERENCE = 86_400


@dataclass(frozen=True, slots=True)
class IoEntry:
    """One block of a log: `time` in epoch seconds, which identifies it in its source, and what the clock on
    the wall showed then, "2025-03-05 01:00:11"."""

    time: int
    local_time: str


@dataclass(frozen=True, slots=True)
class IoClient:
    """Who read, and on which machine: a name and a type together are one machine."""

    user: str
    role: str | None
    affiliation: str | None
    machine: str
    machine_type: str


# Not frozen, though nobody changes one: that would take four times as long to make, and there are so many.
@dataclass(slots=True)
class IoSession:
    """One user on one machine within an entry. The n-th of `counts` is of reads in the n-th of `sizes`.

    A log of millions of lines becomes hundreds of thousands of these: entries and clients are shared.
    """

    entry: IoEntry
    client: IoClient
    sizes: tuple[str, ...]  # ranges as bpftrace prints them: "[4K, 8K)"
    counts: tuple[int, ...]


def check_io_entry(entry: IoEntry) -> None:
    """Raise ValueError when the two times cannot belong together."""
    local = clock_seconds(entry.local_time)
    if not 0 < entry.time <= 253_402_300_799:
        raise ValueError("time is no time between 1970 and 9999")
    if abs(local - entry.time) > _LONGEST_CLOCK_DIFFERENCE:
        raise ValueError("the date and the seconds in brackets are more than a day apart")


def check_io_session(session: IoSession) -> None:
    """Raise ValueError when a field could not have come from a log."""
    check_io_entry(session.entry)
    check_io_client(session.client)
    if len(session.sizes) != len(session.counts):
        raise ValueError("sizes and counts are not equally many")
    if len(session.sizes) > MOST_ROWS:
        raise ValueError(f"more than {MOST_ROWS} ranges of sizes")
    for text in session.sizes:
        size_range(text)
    for count in session.counts:
        check_io_count(count)


def check_io_client(client: IoClient) -> None:
    """Raise ValueError when there is no such user, machine, role or affiliation."""
    try:
        check_user_name(client.user)
    except InvalidUserName as error:
        raise ValueError(f"user name: {error.reason}") from None
    names = {
        "machine": client.machine,
        "machine type": client.machine_type,
        "role": client.role,
        "affiliation": client.affiliation,
    }
    for field, name in names.items():
        if name is not None:
            check_io_name(field, name)


def check_io_name(field: str, name: str) -> None:
    """Raise ValueError for what is no name of a machine, a type, a role or an affiliation."""
    if not name:
        raise ValueError(f"{field} is empty")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{field} is longer than {LONGEST_NAME} characters")
    if not name.isprintable():
        raise ValueError(f"{field} holds a control character")


def check_io_count(count: int) -> None:
    """Raise ValueError for a number of reads that nobody makes in an hour."""
    if not 0 <= count <= MOST_READS:
        raise ValueError("a count that no counter reaches")


# Whoever checks an entry and who saves it ask the same.
@lru_cache(maxsize=8192)
def clock_seconds(local_time: str) -> int:
    """`local_time` as if it were UTC, in epoch seconds: one number for what the clock on the wall showed.

    Raises ValueError when there is no such time, or it is written otherwise.
    """
    if len(local_time) != 19 or local_time[10] != " ":
        raise ValueError("the date is not like 2025-03-05 01:00:11")
    try:
        return int(datetime.fromisoformat(local_time).replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise ValueError("there is no such date") from None


def clock_text(seconds: int) -> str:
    """The local time whose `clock_seconds` are these."""
    day, second = divmod(seconds, 86_400)
    return f"{_date(day)} {_time_of_day(second)}"


# A series has thousands of times, and few days and times of the day.
@lru_cache(maxsize=8192)
def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * 86_400, UTC):%Y-%m-%d}"


@lru_cache(maxsize=8192)
def _time_of_day(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
