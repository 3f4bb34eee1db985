"""Listings of tarballs: `SIZE<TAB>PATH`, in the order in which a folder happened to be read.

    3664	/data/var/scm/backup/alder/svn/aurora/2012/11/11/120003/aurora-5085.tar.gz
    1	/data/var/scm/backup/alder/folders/svnsetup/2012/11/01/120002/svnsetup.tar.gz

From `find PATH -name '*.gz' -exec du --block-size=1M {} \\;` on the node (find and du of GNU), as in
simoncblyth/env's `scm/tgz.py`. SIZE is MiB, rounded up. The first `/YYYY/MM/DD/HHMMSS/` in the path is the
tarball's time, on the node's clock; what stands before it says what it is a backup of. CRLF, as some remote
shells give it, is fine. Messages of find and du among the lines, paths without a date or with an impossible
one, and sizes that are no whole number are rejected. A file about a tarball (`x.tar.gz.dna`) is read and is
no backup of anything: `tarballs` leaves it out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from collectors.parsers.lines import numbered_lines, shown
from collectors.parsers.local_clock import BadTime, LocalClock
from usermon.backup_records import LARGEST_BYTES, LONGEST_NAME, Tarball
from usermon.records import Parsed, Rejected

_MIB = 1024**2
_DATED = re.compile(r"/(\d{4})/(\d\d)/(\d\d)/(\d\d)(\d\d)(\d\d)/", re.ASCII)
_LONGEST_PATH_LINE = 4096 + 32
_NO_END = float("inf")


@dataclass(frozen=True, slots=True)
class TarballLine:
    """One line: `folder` is the path before the date."""

    path: str
    folder: str
    time: int
    size_mib: int


class _Bad(ValueError):
    """Why a line is no tarball."""


def parse(listing: str, *, timezone: ZoneInfo, first_line: int = 1) -> Parsed[TarballLine]:
    """Read `listing`, the whole or (from `first_line` on) a part of it. A date in the future is a record."""
    records: list[TarballLine] = []
    rejected: list[Rejected] = []
    for number, line in numbered_lines(listing, first_line):
        line = line.rstrip("\r")
        if not line or line.isspace():
            continue
        try:
            records.append(_tarball(line, timezone))
        except ValueError as reason:
            rejected.append(Rejected(number, shown(line), str(reason)))
    return Parsed(tuple(records), tuple(rejected))


def as_fields(line: TarballLine, _timezone: ZoneInfo) -> dict[str, object]:
    """The size as it is written, the time as the path says it, in UTC."""
    item = "/".join(_parts(line.folder)[-2:])
    time = datetime.fromtimestamp(line.time, UTC).isoformat().replace("+00:00", "Z")
    return {"item": item, "time": time, "size_mib": line.size_mib, "path": line.path}


def tarballs(lines: Iterable[TarballLine], root: str | None = None) -> tuple[Tarball, ...]:
    """All lines of one node together, with their items named: of one path given twice, the later line stands.

    An item is the folder below `root`, when all lie there: so its name stays whatever comes and goes beside
    it. Else it is the folder without what all folders have in common, its last two parts at least.
    """
    by_path = {line.path: line for line in lines if line.path.endswith(".gz")}
    names = _item_names({line.folder for line in by_path.values()}, root)
    return tuple(
        Tarball(names[line.folder], line.time, line.size_mib * _MIB, path)
        for path, line in sorted(by_path.items())
    )


def _tarball(line: str, timezone: ZoneInfo) -> TarballLine:
    if len(line) > _LONGEST_PATH_LINE:
        raise _Bad(f"longer than {_LONGEST_PATH_LINE} characters")
    size, tab, path = line.partition("\t")
    if not tab:
        raise _Bad("no SIZE<TAB>PATH: a message of the command?")
    if not size.isdecimal() or not size.isascii() or len(size) > 19:
        raise _Bad("the size is not a whole number of MiB")
    if int(size) * _MIB > LARGEST_BYTES:
        raise _Bad("the size is more than any file has")
    if not path.isprintable():
        raise _Bad("the path holds unprintable characters")
    dated = _DATED.search(path)
    if dated is None:
        raise _Bad("no /YYYY/MM/DD/HHMMSS/ in the path")
    folder = path[: dated.start()]
    if not _parts(folder):
        raise _Bad("nothing before the date says what it is a backup of")
    if len("/".join(_parts(folder)[-2:])) > LONGEST_NAME:
        raise _Bad(f"the item's name is longer than {LONGEST_NAME} characters")
    try:
        local = datetime(*(int(part) for part in dated.groups()))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        raise BadTime("there is no such time as in the path") from None
    # Files are listed in no order, so of an hour that comes twice the first is taken.
    return TarballLine(path, folder, LocalClock(timezone, _NO_END).epoch(local), int(size))


def _parts(folder: str) -> list[str]:
    return [part for part in folder.split("/") if part]


def _item_names(folders: set[str], root: str | None) -> dict[str, str]:
    parts = {folder: _parts(folder) for folder in folders}
    above = _parts(root or "")
    if above and all(p[: len(above)] == above and len(p) > len(above) for p in parts.values()):
        cut = len(above)
    else:
        cut = _in_common(list(parts.values()))
    return {folder: _short("/".join(p[cut:])) for folder, p in parts.items()}


def _in_common(parts: Sequence[list[str]]) -> int:
    if not parts:
        return 0
    shared = takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))
    return max(0, min(sum(1 for _ in shared), min(len(p) for p in parts) - 2))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[-LONGEST_NAME:]
