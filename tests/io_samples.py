"""I/O logs and what they say, with defaults: a test names what matters to it and nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime

from usermon.io_records import IoClient, IoEntry, IoSession

ONE = 1_741_132_811  # 01:00:11 by the clock of a machine at UTC+1
HOUR = 3600
NOW = 2_000_000_000.0

SMALL, LARGE = "[4K, 8K)", "[1M, 2M)"


def entry(time: int = ONE, ahead: int = HOUR) -> IoEntry:
    return IoEntry(time, str(datetime.fromtimestamp(time + ahead, UTC))[:19])


def client(
    user: str = "alice",
    machine: str = "gpu08",
    machine_type: str = "vela",
    role: str | None = "guest",
    affiliation: str | None = "vela",
) -> IoClient:
    return IoClient(user, role, affiliation, machine, machine_type)


def session(
    time: int = ONE, rows: dict[str, int] | None = None, who: IoClient | None = None, ahead: int = HOUR
) -> IoSession:
    rows = {SMALL: 2} if rows is None else rows
    return IoSession(entry(time, ahead), who or client(), tuple(rows), tuple(rows.values()))


def row_line(size: str, count: int, longest: int = 0) -> str:
    bar = "@" * (52 * count // max(count, longest, 1))
    return f"{size:<16}{count:>8} |{bar:<52}|"


def log_text(sessions: Iterable[IoSession]) -> str:
    """The log that says `sessions`, in their order, as bpftrace prints it."""
    lines: list[str] = []
    before = None
    for one in sessions:
        if one.entry != before:
            lines += [f"Log: {one.entry.local_time} ({one.entry.time})", ""]
            before = one.entry
        who = one.client
        status = "/".join(part for part in (who.role, who.affiliation) if part)
        lines.append(f"@rd_client({who.machine},{who.machine_type})[{who.user}({status})]:")
        rows = zip(one.sizes, one.counts, strict=True)
        lines += [row_line(size, count, max(one.counts)) for size, count in rows]
        lines.append("")
    return "".join(f"{line}\n" for line in lines)
