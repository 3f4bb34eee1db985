"""I/O logs in a file, a folder, or files that a pattern names: what is new in them since the pass before.

The last entry of a file is taken as far as it goes. Should the file grow, it is read again from where that
entry begins, so that each is whole in the end: what comes again counts once (see usage_store.io_saving).
"""

import glob
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.appended_file import AppendedFile, Block, NotReadable, Vanished, open_appended
from collectors.archive import archive_folder, archive_when_saved
from collectors.collector import Collector
from collectors.io_log_parts import Place, parts_of
from collectors.parsers import io_log
from collectors.parsers.io_log import IoLog, Record
from collectors.printable import printable_file
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.collection import FileProgress
from usermon.records import Parsed, Rejected
from usermon.site_file import Source

# What is cut at the end of a file may be half written: for so long it is left alone.
SETTLING_SECONDS = 60
_NOT_SETTLED = -1
_LONGEST_NAME = 255
_PACKED = (".gz", ".xz", ".bz2", ".zst", ".zip", ".Z")


class LogsUnreadable(SourceUnreadable):
    """The file, or the folder, is not there, or not for us."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(
            f"{source.name}: {printable_file(str(source.path))} cannot be read: {reason}",
            f"Check that it is there (is it mounted?) and who may read it, or correct the path of source "
            f"{source.name!r} in usermon.toml.",
        )


@dataclass(frozen=True, slots=True)
class _LogFile:
    name: str  # as it is shown and remembered
    path: Path


def _file_names(source: Source) -> list[str]:
    return [file.name for file in _files(source)]


def _read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    """What is new in each file; everything where nothing of it is known. Raises LogsUnreadable."""
    archive = archive_folder(source)
    for file in _files(source):
        if archive is not None and file.path == archive:
            continue
        try:
            yield from _read_file(file, archive, pass_)
        except Vanished:
            continue
        except NotReadable as error:
            yield Reading(file.name, 0, (), (Rejected(0, file.name, str(error)),), None)


def _files(source: Source) -> list[_LogFile]:
    """By name; hidden ones left out, since copying programs hide what they have not finished."""
    assert source.path is not None  # noqa: S101 - for the type checker: `needs_path` saw to it
    path = str(source.path)
    try:
        if glob.has_magic(path) and not source.path.exists():
            _first_plain_folder(source.path).stat()
            found = [Path(name) for name in glob.glob(path)]  # noqa: PTH207 - Path.glob takes no whole path
        elif source.path.is_dir():
            found = list(source.path.iterdir())
        else:
            source.path.stat()
            found = [source.path]
    except OSError as error:
        raise LogsUnreadable(source, error.strerror or str(error)) from error
    names = [file.name for file in found]
    # Of two files with one name in different folders both keep their places.
    whole = len(set(names)) < len(names)
    files = [
        _LogFile(printable_file(str(file) if whole else file.name)[-_LONGEST_NAME:], file)
        for file in found
        if not file.name.startswith(".")
    ]
    return sorted(files, key=lambda file: file.name)


def _first_plain_folder(pattern: Path) -> Path:
    return next(folder for folder in pattern.parents if not glob.has_magic(str(folder)))


def _read_file(file: _LogFile, archive: Path | None, pass_: Pass) -> Iterator[Reading]:
    if file.path.is_dir():
        raise NotReadable("a folder")
    if file.name.endswith(_PACKED):
        raise NotReadable("packed: unpack it, or leave it out by a pattern as path")
    known = pass_.progress.get(file.name)
    with open_appended(file.path) as opened:
        if known is not None and (opened.size, opened.modified_ns) == (known.size, known.modified_ns):
            if archive is not None and _is_over(opened, known, pass_.now):
                # It was not yet time when it was read.
                yield Reading(
                    *(file.name, known.read_lines + 1, (), (), known),
                    when_noted=archive_when_saved(file.path, archive, known),
                )
            return
        start = _where_to_go_on(opened, file.name, pass_.progress)
        for reading in _readings(opened, file.name, start, pass_.now):
            done = reading.progress
            if archive is not None and done is not None and _is_over(opened, done, pass_.now):
                yield replace(reading, when_noted=archive_when_saved(file.path, archive, done))
            else:
                yield reading


def _where_to_go_on(file: AppendedFile, name: str, progress: Mapping[str, FileProgress]) -> Place:
    """What of `file` is known: by this name, or by one that it had before (rotated)."""
    others = sorted(
        (one for one in progress.values() if one.file != name and one.read_bytes > 0),
        key=lambda one: -one.read_bytes,
    )
    for known in (*((progress[name],) if name in progress else ()), *others):
        if known.size <= file.size and file.digest(known.read_bytes) == known.digest:
            return Place(known.read_bytes, known.read_lines)
    return Place(0, 0)


def _readings(file: AppendedFile, name: str, start: Place, now: float) -> Iterator[Reading]:
    place = start
    from_line = 0 if start.byte == 0 else start.lines + 1
    waiting: Reading | None = None
    is_cut = False
    for part in parts_of(file, start, now):
        if waiting is not None:
            # More is to come: should we be stopped here, the next pass must look at the file again.
            yield _unsettled(waiting)
        place = part.last_entry or place
        is_cut = not part.whole and not _has_settled(file, now)
        # What is cut may be half written: it is rejected when it stays so.
        rejected = tuple(r for r in part.rejected if not is_cut or r.line < part.end.lines)
        waiting = Reading(name, from_line, part.records, rejected, _progress(name, file, place))
        from_line = part.end.lines + 1
    if waiting is not None:
        yield _unsettled(waiting) if is_cut else waiting


def _progress(name: str, file: AppendedFile, place: tuple[int, int]) -> FileProgress:
    return FileProgress(name, file.size, file.modified_ns, *place, file.digest(place[0]), None)


def _unsettled(reading: Reading) -> Reading:
    """The same, but the file will not look unchanged to it."""
    assert reading.progress is not None  # noqa: S101 - for the type checker
    return replace(reading, progress=replace(reading.progress, modified_ns=_NOT_SETTLED))


def _is_over(file: AppendedFile, done: FileProgress, now: float) -> bool:
    """Whether all of it was read and nobody goes on with it."""
    return done.modified_ns == file.modified_ns and _has_settled(file, now)


def _has_settled(file: AppendedFile, now: float) -> bool:
    return now - file.modified_ns / 1e9 >= SETTLING_SECONDS


def _parse_blocks(blocks: Iterable[Block], _context: Context) -> Iterator[tuple[Block, Parsed[Record]]]:
    log = IoLog(time.time())
    last: Block | None = None
    for last in blocks:
        yield last, log.read(last.text, last.first_line)
    if last is not None:
        yield last, log.end()


def _as_fields(record: Record, timezone: ZoneInfo) -> dict[str, object]:
    return io_log.as_fields(record, timezone)


COLLECTOR = Collector(
    kind="io",
    read_new=_read_new,
    parse_blocks=_parse_blocks,
    as_fields=_as_fields,
    file_names=_file_names,
    options=frozenset({"archive"}),
    needs_path=True,
    reads_files_here=True,
    remembers_imports=True,
)
