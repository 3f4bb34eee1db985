"""IBM Spectrum Scale (GPFS): `mmrepquota -u -Y FILESYSTEM`, and the plain table of `mmrepquota -u`.

    *** Report for USR quotas on home
    mmrepquota::HEADER:version:reserved:reserved:filesystemName:quotaType:id:name:blockUsage:...:filesetname:
    mmrepquota::0:1:::home:USR:1001:alice:104857600:209715200:314572800:0:none:4100:0:0:0:none:e:on:off:0:root:

Seen from 3.5 (plain, no fileset column) to 5.1. With -Y blocks are KiB, columns are found by the HEADER line,
and values are percent-encoded. The plain table names its unit above the column (KB, MB, GB ... of
`--block-size`: powers of 1024, rounded up) and has a fileset column or not. A user comes once for each
fileset. Lines of groups (GRP) and filesets (FILESET) are about no user and say nothing here. A grace of
"none" means that none runs.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

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

_USERS, _OTHERS = "USR", frozenset(("GRP", "FILESET"))
_UNITS = {"KB": KIB, "MB": KIB**2, "GB": KIB**3, "TB": KIB**4, "PB": KIB**5}
_NEEDED = frozenset(
    (
        *("filesystemName", "quotaType", "name", "blockUsage", "blockQuota", "blockLimit", "blockGrace"),
        *("filesUsage", "filesQuota", "filesLimit", "filesGrace"),
    )
)
# Of the plain table, left and right of the bar.
_BLOCKS = ("quota", "limit", "in_doubt", "grace")
_FILES = ("files", "quota", "limit", "in_doubt", "grace")


def parse(report: str) -> Parsed[QuotaEntry]:
    """Each user's line, of one file system or of several one after another."""
    reader = _Reader()
    return parse_lines(report, reader.entry)


def as_fields(entry: QuotaEntry) -> dict[str, object]:
    return fields_of(entry, ("filesystem", "fileset", "type", "bytes_in_doubt"), ("id",))


class _Reader:
    """Knows the headings that stand above a line."""

    def __init__(self) -> None:
        self._filesystem: str | None = None
        self._columns: Mapping[str, int] | None = None
        self._unit = 0
        self._has_fileset = False
        self._is_under_limits = False

    def entry(self, number: int, line: str) -> QuotaEntry | None:
        if line.startswith("mmrepquota:"):
            return self._parsable(number, line.strip().split(":"))
        if line.startswith("*** Report for "):
            _, on, filesystem = line.strip().rpartition(" quotas on ")
            self._filesystem = checked_name(filesystem, "the file system") if on else None
            self._unit = 0
            return None
        words = line.replace("|", " ").split()
        if words == ["Block", "Limits", "File", "Limits"]:
            return None
        if words[0] == "Name" and "type" in words:
            self._plain_header(line)
            return None
        if not self._unit:
            raise BadLine("no line of the report")
        return self._plain(number, line)

    def _parsable(self, number: int, fields: Sequence[str]) -> QuotaEntry | None:
        if fields[2:3] == ["HEADER"]:
            columns = {name: place for place, name in enumerate(fields) if name}
            if missing := sorted(_NEEDED - columns.keys()):
                self._columns = None
                raise BadLine(f"the HEADER names no {', '.join(missing)}")
            self._columns = columns
            return None
        if self._columns is None:
            raise BadLine("no HEADER line above it")
        if len(fields) <= max(self._columns[name] for name in _NEEDED):
            raise BadLine(f"{len(fields)} fields, fewer than the HEADER names")
        values = {name: unquote(fields[at]) for name, at in self._columns.items() if at < len(fields)}
        if not _is_of_user(values["quotaType"]):
            return None
        return QuotaEntry(
            line=number,
            name=checked_name(values["name"]),
            bytes_used=bytes_of(values["blockUsage"], "blockUsage", KIB),
            soft_bytes=byte_limit_of(values["blockQuota"], "blockQuota", KIB),
            hard_bytes=byte_limit_of(values["blockLimit"], "blockLimit", KIB),
            files_used=count_of(values["filesUsage"], "filesUsage"),
            soft_files=count_limit_of(values["filesQuota"], "filesQuota"),
            hard_files=count_limit_of(values["filesLimit"], "filesLimit"),
            block_grace=_grace(values["blockGrace"]),
            files_grace=_grace(values["filesGrace"]),
            filesystem=checked_name(values["filesystemName"], "filesystemName"),
            fileset=values.get("filesetname") or None,
            type=_USERS,
            id=_id(values.get("id", "")),
            bytes_in_doubt=bytes_of(values.get("blockInDoubt") or "0", "blockInDoubt", KIB),
        )

    def _plain_header(self, line: str) -> None:
        left, bar, right = line.partition("|")
        words = left.split()
        self._unit = 0
        self._has_fileset = "fileset" in words
        expected = ["Name", "fileset", "type"] if self._has_fileset else ["Name", "type"]
        start, (unit, *rest) = words[: len(expected)], words[len(expected) :] or [""]
        if start != expected or unit not in _UNITS or tuple(rest) != _BLOCKS or not bar:
            raise BadLine("a header with other columns than are known")
        if tuple(right.split()[: len(_FILES)]) != _FILES:
            raise BadLine("a header with other columns than are known")
        self._unit = _UNITS[unit]

    def _plain(self, number: int, line: str) -> QuotaEntry | None:
        left, bar, right = line.partition("|")
        words = left.split()
        about = 3 if self._has_fileset else 2
        if not bar or len(words) < about + 5:
            raise BadLine("fewer columns than the header names")
        if not _is_of_user(words[about - 1]):
            return None
        blocks, (files, soft_files, hard_files, _, *files_grace) = words[about:], _right(right)
        used, soft, hard, in_doubt, *block_grace = blocks
        return QuotaEntry(
            line=number,
            name=checked_name(words[0]),
            bytes_used=bytes_of(used, "the block usage", self._unit),
            soft_bytes=byte_limit_of(soft, "the block quota", self._unit),
            hard_bytes=byte_limit_of(hard, "the block limit", self._unit),
            files_used=count_of(files, "the number of files"),
            soft_files=count_limit_of(soft_files, "the files quota"),
            hard_files=count_limit_of(hard_files, "the files limit"),
            block_grace=_grace(" ".join(block_grace)),
            files_grace=_grace(_leading_grace(files_grace)),
            filesystem=self._filesystem,
            fileset=words[1] if self._has_fileset else None,
            type=_USERS,
            bytes_in_doubt=bytes_of(in_doubt, "in_doubt", self._unit),
        )


def _right(text: str) -> list[str]:
    words = text.split()
    if len(words) < len(_FILES):
        raise BadLine("fewer columns than the header names")
    return words


def _is_of_user(kind: str) -> bool:
    if kind not in _OTHERS and kind != _USERS:
        raise BadLine("neither USR nor GRP nor FILESET")
    return kind == _USERS


def _leading_grace(words: Sequence[str]) -> str:
    """ "6 days" of "6 days e": what follows the grace is the entry's type."""
    return " ".join(words[:2] if words[0].isdigit() else words[:1])


def _grace(text: str) -> str | None:
    if len(text) > 32 or not text.isprintable():
        raise BadLine("the grace is not like '6 days'")
    return None if text in ("", "none") else text


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
