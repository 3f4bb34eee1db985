"""Hosts that others measure: host_info.csv and host_usage.csv in one folder, read as they grow."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.appended_file import AppendedFile, Block, NotReadable, Vanished, open_appended
from collectors.parsers import host_csv
from collectors.parsers.host_csv import HostLine, Tables
from collectors.printable import printable_file
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.collection import FileProgress
from usermon.records import Parsed
from usermon.site_file import Source

INFO, USAGE = "host_info.csv", "host_usage.csv"
# A last line without a newline may be half written: for so long it is left alone.
SETTLING_SECONDS = 60
_NOT_SETTLED = -1


class TablesUnreadable(SourceUnreadable):
    """The table of hosts is not there, or not for us."""

    def __init__(self, source: Source, file: Path, reason: str) -> None:
        super().__init__(
            f"{source.name}: {printable_file(str(file))} cannot be read: {reason}",
            f"Check that {INFO} and {USAGE} are there and who may read them, or correct the path of source "
            f"{source.name!r} in usermon.toml.",
        )


def read_tables(source: Source, pass_: Pass) -> Iterator[Reading]:
    """What is new in both tables of the source's folder. Raises TablesUnreadable."""
    tables, reading = _read_info(source, pass_)
    if reading is not None:
        yield reading
    # With other hosts, lines that were rejected may be read.
    known = pass_.progress.get(USAGE) if reading is None else None
    yield from _read_usage(source, pass_, tables.hosts, known)


def parse_blocks(blocks: Iterable[Block], context: Context) -> Iterator[tuple[Block, Parsed[HostLine]]]:
    """Of either table; hosts of a host_usage.csv are looked up in the host_info.csv beside it, or in the
    folder above."""
    tables = Tables()
    if context.file is not None and context.file.name != INFO:
        tables.hosts.update(_hosts_near(context))
    for block in blocks:
        yield block, _parse(block, tables, context.source, context.time)


def file_names(source: Source) -> list[str]:
    return [] if source.path is None else [INFO, USAGE]


def _hosts_near(context: Context) -> dict[int, str]:
    assert context.file is not None  # noqa: S101 - for the type checker
    here = context.file.resolve().parent
    for folder in (here, here.parent):
        try:
            with open_appended(folder / INFO) as file:
                return _parse_whole(file, context.source, context.time).hosts
        except (NotReadable, Vanished):
            continue
    return {}


def _parse_whole(file: AppendedFile, source: Source, now: float) -> Tables:
    tables = Tables()
    for block in file.blocks():
        _parse(block, tables, source, now)
    return tables


def _parse(block: Block, tables: Tables, source: Source, now: float) -> Parsed[HostLine]:
    zone = ZoneInfo(source.timezone)
    return host_csv.parse(block.text, timezone=zone, now=now, first_line=block.first_line, tables=tables)


def _read_info(source: Source, pass_: Pass) -> tuple[Tables, Reading | None]:
    """The hosts by their numbers, and what is to be saved of them if the table is another than it was."""
    known = pass_.progress.get(INFO)
    tables = Tables()
    with _open(source, INFO) as file:
        digest = file.digest(file.size)
        parsed = [_parse(block, tables, source, pass_.now) for block in file.blocks()]
        progress = FileProgress(INFO, file.size, file.modified_ns, file.size, 0, digest, None)
    if known is not None and known.digest == digest:
        return tables, None
    records = tuple(line.record for one in parsed for line in one.records)
    return tables, Reading(INFO, 0, records, tuple(r for one in parsed for r in one.rejected), progress)


def _read_usage(
    source: Source, pass_: Pass, hosts: dict[int, str], known: FileProgress | None
) -> Iterator[Reading]:
    if not (_folder(source) / USAGE).exists():
        return
    with _open(source, USAGE) as file:
        if known is not None and (file.size, file.modified_ns) == (known.size, known.modified_ns):
            return
        from_byte, lines_before, tables = 0, 0, Tables(hosts)
        if (
            known is not None
            and file.size >= known.read_bytes
            and file.digest(known.read_bytes) == known.digest
        ):
            from_byte, lines_before = known.read_bytes, known.read_lines
            # The header says which column is which, also of lines that came since.
            for block in islice(file.blocks(), 1):
                _parse(replace(block, text=block.text.split("\n", 1)[0]), tables, source, pass_.now)
        from_line = 0 if from_byte == 0 else lines_before + 1
        done = FileProgress(
            USAGE, file.size, _NOT_SETTLED, from_byte, lines_before, file.digest(from_byte), None
        )
        is_young = pass_.now - file.modified_ns / 1e9 < SETTLING_SECONDS
        for block in file.blocks(from_byte, lines_before):
            if not block.whole and is_young:
                break
            parsed = _parse(block, tables, source, pass_.now)
            if block.whole:
                done = replace(
                    done,
                    read_bytes=block.end_byte,
                    read_lines=block.end_line,
                    digest=file.digest(block.end_byte),
                )
            yield Reading(
                USAGE, from_line, tuple(line.record for line in parsed.records), parsed.rejected, done
            )
            from_line = block.end_line + 1
        else:
            yield Reading(USAGE, from_line, (), (), replace(done, modified_ns=file.modified_ns))


@contextmanager
def _open(source: Source, name: str) -> Iterator[AppendedFile]:
    path = _folder(source) / name
    try:
        with open_appended(path) as file:
            yield file
    except Vanished:
        raise TablesUnreadable(source, path, "no such file") from None
    except NotReadable as error:
        raise TablesUnreadable(source, path, str(error)) from error


def _folder(source: Source) -> Path:
    assert source.path is not None  # noqa: S101 - for the type checker: who calls has looked
    return source.path
