"""What parsers of quota reports share: every line is an entry, rejected, or says nothing of users."""

from collections.abc import Callable

from collectors.parsers.lines import LONGEST_LINE, numbered_lines, shown
from collectors.parsers.quota_amounts import BadLine
from usermon.quota_records import QuotaEntry
from usermon.records import Parsed, Rejected

ReadLine = Callable[[int, str], QuotaEntry | None]


def parse_lines(report: str, read_line: ReadLine) -> Parsed[QuotaEntry]:
    """`read_line(number, line)` for each line that is not blank: an entry, None for a heading, or BadLine."""
    records: list[QuotaEntry] = []
    rejected: list[Rejected] = []
    for number, line in numbered_lines(report):
        if not line or line.isspace():
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise BadLine(f"longer than {LONGEST_LINE} characters")
            if entry := read_line(number, line):
                records.append(entry)
        except BadLine as reason:
            rejected.append(Rejected(number, shown(line), str(reason)))
    return Parsed(tuple(records), tuple(rejected))


def checked_name(name: str, what: str = "the name") -> str:
    """Any name that can be shown; whether an account can have it is judged when it is saved."""
    if not name:
        raise BadLine(f"{what} is missing")
    if len(name) > 255:
        raise BadLine(f"{what} is longer than 255 characters")
    if not name.isprintable():
        raise BadLine(f"{what} holds a control character")
    return name
