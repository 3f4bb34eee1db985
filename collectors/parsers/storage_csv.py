"""A user's history on one volume: `date,GB,nfiles`, appended to by a cron job around a quota tool.

    2023-06-07 09:00,4318,98703
    2023-06-07 09:30,4321.75,98765

Seen from usermon's `getmmrepdata.sh` (around `mmrepquota --block-size G`). GB are GiB, usually rounded up by
the tool; whole numbers, decimals and 4.3e3 are read, NaN and infinity are not. Dates are `YYYY-MM-DD HH:MM`
with seconds or a T if one likes, in the facility's local time. Blanks around fields and quotes around whole
fields are fine, a first line `date,GB,nfiles` is a header, blank lines are nothing. Every other line is
rejected with a reason. A line with more than three columns is rejected too: "4321,75" with a decimal comma
would otherwise pass as 4321 GB in 75 files.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.parsers.lines import LONGEST_LINE, numbered_lines, shown
from collectors.parsers.local_clock import AHEAD_SECONDS, BadTime, LocalClock
from usermon.records import Parsed, Rejected, StorageUsage
from usermon.units import LARGEST_GB, bytes_from_gb, gb_from_bytes

_MOST_FILES = 2**63 - 1
_HEADER = ["date", "gb", "nfiles"]

# No part of these can match the same text in two ways, so that no line takes longer than its length.
_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII)


class _Bad(Exception):
    """Why a line is no sample."""


def parse(
    report: str,
    *,
    user: str,
    volume: str,
    timezone: ZoneInfo,
    now: datetime,
    first_line: int = 1,
    after: datetime | None = None,
) -> Parsed[StorageUsage]:
    """Read `report`, the whole file or (from `first_line` on) a part of it.

    `after` is the time of the sample before this part: at the end of summer time an hour comes twice, and
    only the order of the lines tells which one is meant. Samples more than a day after `now` are rejected.
    """
    clock = LocalClock(timezone, now.timestamp() + AHEAD_SECONDS, after)
    records: list[StorageUsage] = []
    rejected: list[Rejected] = []
    for number, line in numbered_lines(report, first_line):
        try:
            if sample := _sample(line, number == 1, clock):
                records.append(StorageUsage(user, volume, *sample))
        except (_Bad, BadTime) as reason:
            rejected.append(Rejected(number, shown(line), str(reason)))
    return Parsed(tuple(records), tuple(rejected))


def as_fields(usage: StorageUsage, timezone: ZoneInfo) -> dict[str, object]:
    """The very fields of a line."""
    local = usage.time.astimezone(timezone)
    date = f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"
    return {"date": date, "gb": gb_from_bytes(usage.used_bytes), "nfiles": usage.files}


def _sample(line: str, may_be_header: bool, clock: LocalClock) -> tuple[datetime, int, int] | None:
    if not line or line.isspace():
        return None
    if len(line) > LONGEST_LINE:
        raise _Bad(f"longer than {LONGEST_LINE} characters")
    fields = [_unquoted(field.strip()) for field in line.split(",")]
    if [field.lower() for field in fields] == _HEADER:
        if may_be_header:
            return None
        raise _Bad("a header that is not the first line")
    if len(fields) != 3:
        columns = "1 column" if len(fields) == 1 else f"{len(fields)} columns"
        raise _Bad(f"{columns} instead of the three date,GB,nfiles")
    gb, files = _gb(fields[1]), _files(fields[2])
    return clock.utc(_local_time(fields[0])), bytes_from_gb(gb), files


def _unquoted(field: str) -> str:
    return field[1:-1].strip() if len(field) >= 2 and field[0] == field[-1] == '"' else field


def _gb(field: str) -> float:
    gb = _number(field, "GB")
    if gb > LARGEST_GB:
        raise _Bad("GB is more than any file system holds")
    return gb


def _files(field: str) -> int:
    number = _number(field, "nfiles")
    if not number.is_integer() and number != float("inf"):
        raise _Bad("nfiles is not a whole number")
    # The digits themselves: a float cannot tell 2**63 - 1 from 2**63.
    files = int(field) if field.isdigit() else int(min(number, 2.0**63))
    if files > _MOST_FILES:
        raise _Bad("nfiles is more than any file system holds")
    return files


def _number(field: str, name: str) -> float:
    if not field:
        raise _Bad(f"{name} is missing")
    if not _NUMBER.fullmatch(field):
        raise _Bad(f"{name} is not a number")
    number = float(field)
    if number < 0:
        raise _Bad(f"{name} is negative")
    return number


def _local_time(field: str) -> datetime:
    if not _DATE.fullmatch(field):
        raise _Bad("the date is missing" if not field else "the date is not like 2023-06-07 09:30")
    try:
        return datetime.fromisoformat(field)
    except ValueError:
        raise _Bad("there is no such date") from None
