"""The user's own I/O as CSV: one file, what each row counts in its first column."""

from datetime import UTC, datetime

from user_dashboard.csv_cells import text_cell
from user_dashboard.io.data import Io

HEADER = "per,date,size,machine,machine_type,sessions,operations\n"


def io_csv(io: Io | None) -> str:
    """Rows by hour or day, by size, by machine. Dates are those of the facility's clock; a header alone when
    there is nothing yet."""
    lines = [HEADER]
    if io is None:
        return lines[0]
    published = io.published
    for per, series in (("day", published.days), ("hour", published.hours)):
        lines += [
            f"{per},{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M},,,,,{total}\n"
            for time, total in zip(series.time, series.total, strict=True)
        ]
    lines += [
        f"size,,{text_cell(text)},,,,{total}\n"
        for text, total in zip(published.sizes.text, published.sizes.total, strict=True)
    ]
    machines = published.machines
    lines += [
        f"machine,,,{text_cell(name)},{text_cell(kind)},{sessions},{total}\n"
        for name, kind, sessions, total in zip(
            machines.name, machines.type, machines.sessions, machines.total, strict=True
        )
    ]
    return "".join(lines)
