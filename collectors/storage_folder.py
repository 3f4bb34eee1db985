"""A folder of USER.csv files, one volume's histories: reads what is new in each since the last pass."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.appended_file import AppendedFile, Block, NotReadable, Vanished, open_appended
from collectors.collector import Collector
from collectors.parsers import storage_csv
from collectors.printable import printable_file
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.collection import FileProgress
from usermon.errors import InvalidUserName
from usermon.records import Parsed, Rejected, StorageUsage
from usermon.site_file import Source
from usermon.user_names import check_user_name

# A last line without a newline that makes no sense may be half written: for so long it is left alone.
SETTLING_SECONDS = 60
_NOT_SETTLED = -1


class FolderUnreadable(SourceUnreadable):
    """The folder is not there, or not for us."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(
            f"{source.name}: the folder {printable_file(str(source.path))} cannot be read: {reason}",
            f"Check that it is there (is it mounted?) and who may read it, or correct the path of source "
            f"{source.name!r} in usermon.toml.",
        )


def file_names(source: Source) -> list[str]:
    """Names of what lies in the source's folder, hidden ones left out. Raises FolderUnreadable."""
    return [_shown_name(entry) for entry in _entries(source)]


def read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    """What is new in the folder since the pass before; everything when nothing of it is known.

    Raises FolderUnreadable.
    """
    for entry in _entries(source):
        known = pass_.progress.get(entry.name)
        try:
            if known is not None and _is_unchanged(entry, known):
                continue
            user = _user_of(entry)
            with open_appended(Path(entry.path)) as file:
                yield from _read_file(source, user, entry.name, file, known, pass_.now)
        except (FileNotFoundError, Vanished):
            continue
        except (NotReadable, InvalidUserName) as error:
            reason = error.reason if isinstance(error, InvalidUserName) else str(error)
            name = _shown_name(entry)
            yield Reading(name, 0, (), (Rejected(0, name, reason),), None)


def _entries(source: Source) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(_folder(source)) as entries:
            # Editors and copying programs hide what they have not finished.
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError as error:
        raise FolderUnreadable(source, error.strerror or str(error)) from error


def _folder(source: Source) -> Path:
    assert source.path is not None  # noqa: S101 - for the type checker: `needs_path` saw to it
    return source.path


def _shown_name(entry: "os.DirEntry[str]") -> str:
    return printable_file(entry.name)[:255]


def _is_unchanged(entry: "os.DirEntry[str]", known: FileProgress) -> bool:
    status = entry.stat(follow_symlinks=False)
    return (status.st_size, status.st_mtime_ns) == (known.size, known.modified_ns)


def _user_of(entry: "os.DirEntry[str]") -> str:
    if entry.is_dir(follow_symlinks=False):
        raise NotReadable("a folder")
    name, dot, suffix = entry.name.rpartition(".")
    if not dot or suffix != "csv":
        raise NotReadable("not named USER.csv")
    return check_user_name(name)


def _read_file(
    source: Source, user: str, name: str, file: AppendedFile, known: FileProgress | None, now: float
) -> Iterator[Reading]:
    from_byte, lines_before, last_time = 0, 0, None
    if known is not None and _was_appended_to(file, known):
        from_byte, lines_before, last_time = known.read_bytes, known.read_lines, known.last_time
    # A whole file's first reading clears what was said of the file as such (line 0), too.
    from_line = 0 if from_byte == 0 else lines_before + 1
    done = FileProgress(
        name, file.size, file.modified_ns, from_byte, lines_before, file.digest(from_byte), last_time
    )
    records: tuple[StorageUsage, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    after = None if last_time is None else datetime.fromtimestamp(last_time, UTC)
    blocks = file.blocks(from_byte, lines_before)
    for block, parsed in parse_blocks(blocks, Context(source, now, user), after):
        if records or rejected:
            # More is to come: should we be stopped here, the next pass must look at the file again.
            yield Reading(name, from_line, records, rejected, _unsettled(done))
            from_line = done.read_lines + 1
        records, rejected = parsed.records, parsed.rejected
        if block.whole:
            done = _after(block, parsed, file, done)
        elif rejected and now - file.modified_ns / 1e9 < SETTLING_SECONDS:
            rejected = ()
            done = _unsettled(done)
    yield Reading(name, from_line, records, rejected, done)


def parse_blocks(
    blocks: Iterable[Block], context: Context, after: datetime | None = None
) -> Iterator[tuple[Block, Parsed[StorageUsage]]]:
    """Each block of one file with what the parser makes of it; `after` is the time of the sample before."""
    for block in blocks:
        parsed = storage_csv.parse(
            block.text,
            user=context.user or "",
            volume=context.source.name,
            timezone=ZoneInfo(context.source.timezone),
            now=datetime.fromtimestamp(context.time, UTC),
            first_line=block.first_line,
            after=after,
        )
        after = parsed.records[-1].time if parsed.records else after
        yield block, parsed


def _was_appended_to(file: AppendedFile, known: FileProgress) -> bool:
    grew = file.size > known.size or (known.modified_ns == _NOT_SETTLED and file.size == known.size)
    return grew and file.digest(known.read_bytes) == known.digest


def _after(
    block: Block, parsed: Parsed[StorageUsage], file: AppendedFile, done: FileProgress
) -> FileProgress:
    last_time = int(parsed.records[-1].time.timestamp()) if parsed.records else done.last_time
    return FileProgress(
        done.file,
        done.size,
        done.modified_ns,
        block.end_byte,
        block.end_line,
        file.digest(block.end_byte),
        last_time,
    )


def _unsettled(done: FileProgress) -> FileProgress:
    """The same, but no file will look unchanged to it."""
    return FileProgress(
        done.file, done.size, _NOT_SETTLED, done.read_bytes, done.read_lines, done.digest, done.last_time
    )


COLLECTOR = Collector(
    kind="storage",
    read_new=read_new,
    parse_blocks=parse_blocks,
    as_fields=storage_csv.as_fields,
    file_names=file_names,
    needs_path=True,
    reads_files_here=True,
    one_file_a_user=True,
)
