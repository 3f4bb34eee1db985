"""BeeGFS: `beegfs-ctl --getquota --uid --all --csv`, and the table that it prints without --csv.

    Quota information for storage pool Default (ID: 1):

    name,id,size,hard,files,hard
    alice,1001,51046633472,107374182400,201276,1000000

Seen from BeeGFS 6 to 7.4. In csv sizes are bytes; in the table they are rounded and carry a unit (powers of
1024). There are hard limits only; 0 and "unlimited" are none. Files are chunk files; "-" where a pool does
not count them, "45+" where some of its targets do not. Ask for users only: a report of groups looks the same.
"""

import re
from collections.abc import Sequence

from collectors.parsers.quota_amounts import BadLine, byte_limit_of, bytes_of, count_limit_of, count_of
from collectors.parsers.quota_lines import checked_name, parse_lines
from usermon.quota_records import QuotaEntry, fields_of
from usermon.records import Parsed

_POOL = re.compile(r"Quota information for storage pool (\S.*) \(ID: \d+\):")
_CSV_HEADER = ["name", "id", "size", "hard", "files", "hard"]
_TABLE_HEADERS = (
    ["user/group", "size", "chunk", "files"],
    ["name", "id", "used", "hard", "used", "hard"],
)


def parse(report: str) -> Parsed[QuotaEntry]:
    """Each user's line of each pool, of one call or of many one after another."""
    reader = _Reader()
    return parse_lines(report, reader.entry)


def as_fields(entry: QuotaEntry) -> dict[str, object]:
    return fields_of(entry, ("id",))


class _Reader:
    """Knows the pool, and which of the two layouts stands below it."""

    def __init__(self) -> None:
        self._pool: str | None = None
        self._separator = ""

    def entry(self, number: int, line: str) -> QuotaEntry | None:
        text = line.strip()
        if pool := _POOL.fullmatch(text):
            self._pool, self._separator = checked_name(pool[1], "the storage pool"), ""
            return None
        if [field.strip() for field in text.split(",")] == _CSV_HEADER:
            self._separator = ","
            return None
        if text.replace("|", " ").split() in _TABLE_HEADERS:
            self._separator = "|"
            return None
        if not text.strip("-|"):
            return None
        if not self._separator:
            raise BadLine("no line of the report")
        separator = "," if self._separator == "," else r"\|{1,2}"
        return self._quota(number, [field.strip() for field in re.split(separator, text)])

    def _quota(self, number: int, fields: Sequence[str]) -> QuotaEntry:
        if len(fields) == 1:
            raise BadLine("no line of the report")
        if len(fields) != len(_CSV_HEADER):
            raise BadLine(f"{len(fields)} columns, not the {len(_CSV_HEADER)} of the header")
        name, user_id, used, hard, files, hard_files = fields
        if not (user_id.isascii() and user_id.isdigit() and len(user_id) < 19):
            raise BadLine("the id is not a number")
        return QuotaEntry(
            line=number,
            name=checked_name(name),
            id=int(user_id),
            bytes_used=bytes_of(used, "the size"),
            hard_bytes=byte_limit_of(hard, "the hard limit of the size"),
            files_used=None if files == "-" else count_of(files.removesuffix("+"), "the number of files"),
            hard_files=count_limit_of(hard_files, "the hard limit of files"),
            fileset=self._pool,
        )
