"""ZFS: `zfs userspace -Hp DATASET`, and the tables of `zfs userspace` with rounded numbers.

    POSIX User<TAB>alice<TAB>9663676416<TAB>0<TAB>119000<TAB>0

    TYPE        NAME    USED  QUOTA  OBJUSED  OBJQUOTA
    POSIX User  alice  9.00G   none     119K      none

Seen from OpenZFS 2 and Solaris 11 (without the columns of objects). With -H there is no header and the
columns are type, name, used, quota, objused, objquota; with -p numbers are whole (bytes), without it they are
rounded: "3K", powers of 1024, and objects powers of 1000. A quota is a hard limit; 0 and "none" are none. "-"
is not known. Lines of groups and projects are about no user and say nothing here. A name of digits alone is
an id that no account has.
"""

import re
from collections.abc import Sequence

from collectors.parsers.quota_amounts import BadLine, byte_limit_of, bytes_of, count_limit_of, count_of
from collectors.parsers.quota_lines import checked_name, parse_lines
from usermon.quota_records import QuotaEntry, fields_of
from usermon.records import Parsed

_DEFAULT = ("type", "name", "used", "quota", "objused", "objquota")
_USERS = frozenset(("POSIX User", "SMB User"))
_OTHERS = frozenset(("POSIX Group", "SMB Group", "Project"))


def parse(report: str) -> Parsed[QuotaEntry]:
    """Each user's line, of one data set or of several one after another."""
    reader = _Reader()
    return parse_lines(report, reader.entry)


def as_fields(entry: QuotaEntry) -> dict[str, object]:
    return fields_of(entry)


class _Reader:
    """Knows the columns, which a header may name."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = _DEFAULT
        self._has_header = False

    def entry(self, number: int, line: str) -> QuotaEntry | None:
        # Columns are two blanks or a TAB apart, since a type holds a blank.
        fields = line.strip("\r\n").split("\t") if "\t" in line else re.split(" {2,}", line.strip())
        names = tuple(field.strip().lower() for field in fields)
        if {"name", "used"} <= set(names) <= set(_DEFAULT):
            self._columns, self._has_header = names, True
            return None
        value = dict(zip(self._columns, (field.strip() for field in fields), strict=False))
        fewest = len(self._columns) if self._has_header else 4
        if not fewest <= len(fields) <= len(self._columns):
            raise BadLine(_wrong_count(fields, self._columns))
        kind = value.get("type", "POSIX User")
        if kind in _OTHERS:
            return None
        if kind not in _USERS:
            raise BadLine("neither a user's line nor a group's")
        return QuotaEntry(
            line=number,
            name=checked_name(value["name"]),
            bytes_used=bytes_of(value["used"], "USED"),
            hard_bytes=byte_limit_of(value.get("quota", "none"), "QUOTA"),
            files_used=None if value.get("objused", "-") == "-" else count_of(value["objused"], "OBJUSED"),
            hard_files=count_limit_of(value.get("objquota", "none"), "OBJQUOTA"),
        )


def _wrong_count(fields: Sequence[str], columns: Sequence[str]) -> str:
    if len(fields) == 1:
        return "no line of the report"
    return f"{len(fields)} columns, not the {len(columns)} of {', '.join(columns)}"
