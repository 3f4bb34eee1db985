"""Lustre: `lfs quota -u USER DIRECTORY`, one user after another; also with -h.

    Disk quotas for usr alice (uid 1001):
         Filesystem  kbytes   quota   limit   grace   files   quota   limit   grace
            /lustre  120000* 100000  200000  6d23h59m55s    4100       0       0       -

Seen from Lustre 2.5 to 2.16. Numbers are KiB, or rounded with a unit (-h). A star marks what is over its soft
limit. A long path stands alone in its line, the numbers in the next. Notes about default quotas say nothing
of users; numbers in [brackets] are incomplete, since a server did not answer, and are rejected. "none" as
grace means that no time is left.
"""

import re
from collections.abc import Sequence

from collectors.parsers.lines import shown
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
from usermon.records import Parsed, Rejected

_TITLE = re.compile(r"Disk quotas for (usr|user|grp|group|prj|project) (\S+)(?: \([ugp]id \d+\))?:")
_NOTE = re.compile(
    r"[ugp]id \d+ is using default (?:block|file|inode) quota setting|Total allocated inode limit: .*"
)
_HEADERS = (
    ["quota", "limit", "grace", "files", "quota", "limit", "grace"],
    ["bquota", "blimit", "bgrace", "files", "iquota", "ilimit", "igrace"],  # since 2.15
)
_COLUMNS = 8  # behind the path
_VALUE = re.compile(r"[\d.\[\]]+[kKMGTPE]?\*?|-")


def parse(report: str) -> Parsed[QuotaEntry]:
    """Each file system of each user, of one `lfs quota` or of many one after another."""
    reader = _Reader()
    parsed = parse_lines(report, reader.entry)
    reader.drop_path()
    rejected = sorted((*parsed.rejected, *reader.lonely), key=lambda r: r.line)
    return Parsed(parsed.records, tuple(rejected))


def as_fields(entry: QuotaEntry) -> dict[str, object]:
    return fields_of(entry, ("filesystem",))


class _Reader:
    """Knows whose quotas these are, and the path that stood alone in the line before."""

    def __init__(self) -> None:
        self.lonely: list[Rejected] = []
        self._user: str | None = None
        self._is_under_header = False
        self._path: tuple[int, str] | None = None

    def entry(self, number: int, line: str) -> QuotaEntry | None:
        text = line.strip()
        if title := _TITLE.fullmatch(text):
            self.drop_path()
            self._user = title[2] if title[1] in ("usr", "user") else None
            self._is_under_header = False
            return None
        words = text.split()
        if words[:1] == ["Filesystem"] and words[2:] in _HEADERS:
            self._is_under_header = True
            return None
        if _NOTE.fullmatch(text):
            return None
        if not self._is_under_header:
            raise BadLine("no line of the report")
        numbers = words[-_COLUMNS:]
        if len(numbers) < _COLUMNS:
            self._keep_path(number, line, text)
            return None
        if not words[0].startswith(("/", ".")) and not _VALUE.fullmatch(numbers[0]):
            raise BadLine("no line of the report")
        return self._quota(number, " ".join(words[:-_COLUMNS]), numbers)

    def drop_path(self) -> None:
        """What was kept as a path is none: no numbers came."""
        if self._path is not None:
            number, text = self._path
            self.lonely.append(Rejected(number, shown(text), "a path without its numbers in the next line"))
            self._path = None

    def _keep_path(self, number: int, line: str, text: str) -> None:
        self.drop_path()
        if line[0].isspace() or not (text.startswith(("/", ".")) or text.endswith("_UUID")):
            raise BadLine("no line of the report")
        self._path = (number, text)

    def _quota(self, number: int, path: str, numbers: Sequence[str]) -> QuotaEntry | None:
        if not path and self._path is not None:
            path, self._path = self._path[1], None
        self.drop_path()
        if self._user is None:
            return None  # a group's or a project's
        if not path:
            raise BadLine("numbers without a path")
        if path.endswith("_UUID"):
            raise BadLine("one server's share: call lfs quota without -v")
        if any("[" in word for word in numbers):
            raise BadLine("incomplete, lfs says by its brackets: a server did not answer")
        used, soft, hard, block_grace, files, soft_files, hard_files, files_grace = numbers
        return QuotaEntry(
            line=number,
            name=checked_name(self._user),
            bytes_used=bytes_of(used.removesuffix("*"), "the used space", KIB),
            soft_bytes=byte_limit_of(soft.removesuffix("*"), "the block quota", KIB),
            hard_bytes=byte_limit_of(hard.removesuffix("*"), "the block limit", KIB),
            files_used=count_of(files.removesuffix("*"), "the number of files"),
            soft_files=count_limit_of(soft_files.removesuffix("*"), "the files quota"),
            hard_files=count_limit_of(hard_files.removesuffix("*"), "the files limit"),
            block_grace=_grace(block_grace),
            files_grace=_grace(files_grace),
            filesystem=checked_name(path, "the path"),
        )


def _grace(text: str) -> str | None:
    if len(text) > 32 or not text.isprintable():
        raise BadLine("the grace is not like 6d23h59m55s")
    return None if text == "-" else text
