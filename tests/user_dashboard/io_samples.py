"""Published I/O with defaults: a test names what matters to it."""

from pathlib import Path

from tests.user_dashboard.samples import DAY, NOW
from user_dashboard.io.data import Io, prepare
from usermon.published_io import (
    IoMedian,
    Operations,
    OperationsByMachine,
    OperationsBySize,
    PublishedIo,
    to_json,
)
from usermon.state_folder import PUBLISHED_IO

HOUR = 3600


def published_io(
    hours: int = 48, days: int = 60, user: str = "alice", median: IoMedian | None = None, end: int = NOW
) -> PublishedIo:
    """An operation more each hour, and a hundred each day before; the newest hour ends at `end`."""
    first_hour = end - hours * HOUR
    midnight = first_hour // DAY * DAY
    of_hours = Operations([first_hour + n * HOUR for n in range(hours)], [n + 1 for n in range(hours)])
    of_days = Operations([midnight - (days - n) * DAY for n in range(days)], [100] * days)
    total = sum(of_hours.total) + sum(of_days.total)
    sizes = OperationsBySize(
        ["[0]", "[4K, 8K)", "[1M, ...)"], [0, 4096, 2**20], [1, 8192, None], [1, total - 3, 2]
    )
    machines = OperationsByMachine(["gpu-01", "desk-7"], ["cluster", "office"], [40, 2], [total - 5, 5])
    return PublishedIo(
        user, "Europe/Berlin", NOW, of_hours, of_days, sizes, machines, 0, total, total, median
    )


def io(published: PublishedIo | None = None) -> Io:
    return prepare(published or published_io())


def publish_io(folder: Path, content: PublishedIo | bytes) -> None:
    """As the collectors do: written beside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / ".beside-io"
    beside.write_bytes(content if isinstance(content, bytes) else to_json(content))
    beside.replace(folder / PUBLISHED_IO)
