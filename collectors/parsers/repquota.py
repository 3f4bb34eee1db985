"""Linux quota: `repquota -u DEVICE` (and -a, -v, -s, -p), and `repquota -u -O csv DEVICE`.

    *** Report for user quotas on device /dev/sdb1
    User            used    soft    hard  grace    used  soft  hard  grace
    alice     +-  120000  100000  200000  6days    4100     0     0

    User,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,...
    alice,ok,ok,51644,0,0,,2384,0,0,

Seen from quota-tools 3 to 4.09. Blocks are KiB unless they carry a unit (-s); a limit of 0 is none. The two
signs behind the name say whether blocks and files are over a limit; a grace stands only where the first or
the second is. `#1005` is an id that no account has: an entry, which saving rejects. "none" as grace means
that no time is left. Reports of groups and projects say nothing of users.
"""

import re
from collections.abc import Sequence

from collectors.parsers.quota_amounts import (
    KIB,
    BadLine,
    byte_limit_of,
    bytes_of,
    count_limit_of,
    count_of,
)
from collectors.parsers.quota_lines import checked_name, parse_lines
from usermon.quota_records import QuotaEntry, fields_of
from usermon.records import Parsed

_TITLE = re.compile(r"\*\*\* (?:Report for|Status for) (\w+) quotas on device (\S.*)")
_MARKED = re.compile(r"(\S.*?) +([+-])([+-]) +(\S.*)")
_COUNTED = re.compile(r"[\d.]+[KMGTPEkmgtpe]?", re.ASCII)
# What -v adds below a table, and what stands above each.
_NOTES = re.compile(
    r"(Block grace time: .*|Block limits +File limits|Space limits +File limits|-{20,}|Statistics:"
    r"|(Total blocks|Data blocks|Entries|Used average): .*)"
)
_CSV_COLUMNS = (
    *("User", "BlockStatus", "FileStatus", "BlockUsed", "BlockSoftLimit", "BlockHardLimit", "BlockGrace"),
    *("FileUsed", "FileSoftLimit", "FileHardLimit", "FileGrace"),
)


def parse(report: str) -> Parsed[QuotaEntry]:
    """Each user's line, of one device or of several one after another."""
    reader = _Reader()
    return parse_lines(report, reader.entry)


def as_fields(entry: QuotaEntry) -> dict[str, object]:
    return fields_of(entry, (), ("device", "over_block", "over_files", "block_status", "file_status"))


class _Reader:
    """Knows the headings that stand above a line."""

    def __init__(self) -> None:
        self._device: str | None = None
        self._is_of_users = True
        self._is_table = False
        self._columns: dict[str, int] | None = None

    def entry(self, number: int, line: str) -> QuotaEntry | None:
        text = line.strip()
        if title := _TITLE.fullmatch(text):
            self._device, self._is_of_users = checked_name(title[2], "the device"), title[1] == "user"
            self._is_table, self._columns = False, None
            return None
        if _NOTES.fullmatch(text):
            return None
        words = text.split()
        if words[1:5] == ["used", "soft", "hard", "grace"] and words[0] in ("User", "Group", "Project"):
            self._is_table, self._columns = True, None
            return None
        fields = [field.strip() for field in text.split(",")]
        if len(fields) > 3 and fields[1].endswith("Status"):
            self._csv_header(fields)
            return None
        if not self._is_of_users:
            return None
        if self._columns is not None:
            return self._csv(number, fields)
        if not self._is_table:
            raise BadLine("no line of the report")
        return self._marked(number, text)

    def _csv_header(self, fields: Sequence[str]) -> None:
        self._is_of_users = fields[0] == "User"
        self._is_table = False
        names = {re.sub("^Space", "Block", name): place for place, name in enumerate(fields)}
        self._columns = names if self._is_of_users else None
        if self._is_of_users and len(names) != len(fields):
            self._columns = None
            raise BadLine("the header names a column twice")
        if self._is_of_users and (missing := [name for name in _CSV_COLUMNS if name not in names]):
            self._columns = None
            raise BadLine(f"the header names no {', '.join(missing)}")

    def _csv(self, number: int, fields: Sequence[str]) -> QuotaEntry:
        assert self._columns is not None  # noqa: S101 - for the type checker
        if len(fields) != len(self._columns):
            raise BadLine(f"{len(fields)} columns, not the {len(self._columns)} of the header")
        value = {name: fields[place] for name, place in self._columns.items()}
        return QuotaEntry(
            line=number,
            name=checked_name(value["User"]),
            bytes_used=bytes_of(value["BlockUsed"], "BlockUsed", KIB),
            soft_bytes=byte_limit_of(value["BlockSoftLimit"], "BlockSoftLimit", KIB),
            hard_bytes=byte_limit_of(value["BlockHardLimit"], "BlockHardLimit", KIB),
            files_used=count_of(value["FileUsed"], "FileUsed"),
            soft_files=count_limit_of(value["FileSoftLimit"], "FileSoftLimit"),
            hard_files=count_limit_of(value["FileHardLimit"], "FileHardLimit"),
            block_grace=_grace(value["BlockGrace"]),
            files_grace=_grace(value["FileGrace"]),
            device=self._device,
            block_status=value["BlockStatus"][:32],
            file_status=value["FileStatus"][:32],
        )

    def _marked(self, number: int, text: str) -> QuotaEntry:
        match = _MARKED.fullmatch(text)
        if not match:
            raise BadLine("no two signs like -- or +- behind a name")
        over_block, over_files = match[2] == "+", match[3] == "+"
        used, soft, hard, block_grace, files, soft_files, hard_files, files_grace = _columns(
            match[4].split(), over_block, over_files
        )
        return QuotaEntry(
            line=number,
            name=checked_name(match[1]),
            bytes_used=bytes_of(used, "used blocks", KIB),
            soft_bytes=byte_limit_of(soft, "the soft block limit", KIB),
            hard_bytes=byte_limit_of(hard, "the hard block limit", KIB),
            files_used=count_of(files, "used files"),
            soft_files=count_limit_of(soft_files, "the soft file limit"),
            hard_files=count_limit_of(hard_files, "the hard file limit"),
            block_grace=_grace(block_grace),
            files_grace=_grace(files_grace),
            device=self._device,
            over_block=over_block,
            over_files=over_files,
        )


def _columns(words: Sequence[str], over_block: bool, over_files: bool) -> tuple[str, ...]:
    """The eight columns of a line in which an empty grace leaves nothing behind."""
    if len(words) == 6:
        return (*words[:3], "", *words[3:], "")
    if len(words) == 7 and over_block and not (over_files and _COUNTED.fullmatch(words[3])):
        return (*words, "")
    if len(words) == 7 and over_files:
        return (*words[:3], "", *words[3:])
    if len(words) == 8:
        return tuple(words)
    raise BadLine(f"{len(words)} columns of numbers and graces, not six to eight")


def _grace(text: str) -> str | None:
    if len(text) > 32 or not text.isprintable():
        raise BadLine("the grace is not like 6days")
    return None if text in ("", "-", "0") else text
