"""The file that carries a user's own I/O to their dashboard: published/USER/io.json.

Written by the collectors, read by the dashboard; there is one only where the facility has an I/O log.

    {"format": 1, "user": "alice", "timezone": "Europe/Berlin", "published_at": 1700000000,
     "hours": {"time": [1699990000, ...], "total": [5120, ...]},
     "days": {"time": [1690000000, ...], "total": [...]},
     "sizes": {"text": ["[4K, 8K)"], "low": [4096], "high": [8192], "total": [77]},
     "machines": {"name": ["calc-01"], "type": ["cluster"], "sessions": [3], "total": [77]},
     "more_machines": 0, "total": 77, "total_of_month": 70, "median": {"users": 12, "total_of_month": 60},
     "silence": {"since": 1699990000, "of_all": true}}

Times are what the clock on the facility's wall showed, in epoch seconds as if that were UTC, ascending: the
beginnings of hours of the last weeks, and of days of all before. A month is the 30 days that end with the
newest entry of the facility's log. `low` and `high` are bytes, null where a range has no end. The median is
of all users who read anything in that month, rounded; null where they are too few. The silence is that of the
facility's log, or of one of its logs: nobody knows what was read since; null while entries come.
"""

from dataclasses import dataclass, field

from usermon.published_file import check_columns, check_each, only_ours, pack, unpack

FORMAT = 1
HOURLY_DAYS = 28
DAILY_DAYS = 730
MOST_MACHINES = 100


@dataclass(frozen=True, slots=True)
class Operations:
    """How many there were in each hour, or on each day, that had any."""

    time: list[int] = field(default_factory=list)
    total: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OperationsBySize:
    """All there ever were, by range of sizes, smallest first."""

    text: list[str] = field(default_factory=list)
    low: list[int | None] = field(default_factory=list)
    high: list[int | None] = field(default_factory=list)
    total: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OperationsByMachine:
    """All there ever were, by machine, the busiest first; a session is an hour with operations there."""

    name: list[str] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    sessions: list[int] = field(default_factory=list)
    total: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class IoMedian:
    users: int
    total_of_month: int


@dataclass(frozen=True, slots=True)
class LogSilence:
    since: int
    of_all: bool


@dataclass(frozen=True, slots=True)
class PublishedIo:
    user: str
    timezone: str
    published_at: int
    hours: Operations = field(default_factory=Operations)
    days: Operations = field(default_factory=Operations)
    sizes: OperationsBySize = field(default_factory=OperationsBySize)
    machines: OperationsByMachine = field(default_factory=OperationsByMachine)
    more_machines: int = 0
    total: int = 0
    total_of_month: int = 0
    median: IoMedian | None = None
    silence: LogSilence | None = None


def to_json(published: PublishedIo) -> bytes:
    return pack(FORMAT, published)


def from_json(content: bytes) -> PublishedIo:
    """Raises UnreadablePublishedFile for anything that `to_json` of this format did not write."""
    with only_ours():
        fields = unpack(content, FORMAT)
        for name in ("hours", "days"):
            fields[name] = Operations(**fields[name])
        fields["sizes"] = OperationsBySize(**fields["sizes"])
        fields["machines"] = OperationsByMachine(**fields["machines"])
        if fields["median"] is not None:
            fields["median"] = IoMedian(**fields["median"])
            check_each((int,), [fields["median"].users, fields["median"].total_of_month])
        if fields.get("silence") is not None:
            fields["silence"] = LogSilence(**fields["silence"])
            check_each((int,), [fields["silence"].since])
            check_each((bool,), [fields["silence"].of_all])
        published = PublishedIo(**fields)
        _check(published)
        return published


def _check(published: PublishedIo) -> None:
    sizes, machines = published.sizes, published.machines
    for series in (published.hours, published.days):
        check_columns(series.time, series.total)
        check_each((int,), series.time, series.total)
        if series.time != sorted(set(series.time)):
            raise ValueError("times that do not ascend")
    check_columns(sizes.text, sizes.low, sizes.high, sizes.total)
    check_columns(machines.name, machines.type, machines.sessions, machines.total)
    check_each((str,), [published.user, published.timezone], sizes.text, machines.name, machines.type)
    check_each((int, type(None)), sizes.low, sizes.high)
    check_each((int,), sizes.total, machines.sessions, machines.total)
    check_each(
        (int,),
        [published.published_at, published.more_machines, published.total, published.total_of_month],
    )
