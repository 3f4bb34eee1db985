"""A source that is one whole report: a file that somebody writes, or the output of a command."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from collectors.appended_file import Block, NotReadable, Vanished, open_appended
from collectors.collector import as_they_are, nothing
from collectors.moments import fault_of_moment
from collectors.printable import printable_file
from collectors.reach import text_of
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.collection import FileProgress
from usermon.errors import SettingsError
from usermon.records import Parsed, Rejected
from usermon.site_file import Source

Parse = Callable[[str, Context], Parsed[Any]]
ToRecords = Callable[[Sequence[Any], Context], Sequence[Any]]
Unsavable = Callable[[Sequence[Any], Context], Sequence[Rejected]]


class ReportUnreadable(SourceUnreadable):
    """The file is not there, or not for us."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(
            f"{source.name}: the file {printable_file(str(source.path))} cannot be read: {reason}",
            f"Check that it is there and who may read it, or correct the path of source {source.name!r} in "
            "usermon.toml.",
        )


class WrongClock(SourceUnreadable):
    """The file's own time, which is that of all that it says, cannot be true."""

    def __init__(self, source: Source, fault: str) -> None:
        super().__init__(
            f"{source.name}: {printable_file(str(source.path))} was written when nobody can have: {fault}",
            "Is a clock wrong? Set it right and write the file anew, or `touch` it.",
        )


def report_reader(
    parse: Parse,
    command: Sequence[str] | None,
    to_records: ToRecords = as_they_are,
    unsavable: Unsavable = nothing,
) -> Callable[[Source, Pass], Iterator[Reading]]:
    """`read_new` for reports of one text: of the file at the source's path on this machine, unless it stands
    as it stood; else of the source's `command`, or of `command`.

    Where `command` is None there is none by itself: the source must have one, or a path.
    """
    own = None if command is None else tuple(command)
    return partial(_read, parse=parse, command=own, to_records=to_records, unsavable=unsavable)


def whole_texts(parse: Parse) -> Callable[..., Iterator[tuple[Block, Parsed[Any]]]]:
    """`parse_blocks` for collectors that read whole texts."""

    def parse_blocks(blocks: Iterable[Block], context: Context) -> Iterator[tuple[Block, Parsed[Any]]]:
        for block in blocks:
            yield block, parse(block.text, context)

    return parse_blocks


def _read(
    source: Source,
    pass_: Pass,
    *,
    parse: Parse,
    command: tuple[str, ...] | None,
    to_records: ToRecords,
    unsavable: Unsavable,
) -> Iterator[Reading]:
    if source.path is not None and source.command is not None:
        raise SettingsError(
            f"{source.name}.path",
            f"source {source.name!r} has a path and a command",
            "Only one of them can be read: leave the other away.",
        )
    if source.path is not None and source.ssh is None:
        found = _text_of_file(source, pass_)
        if found is None:
            return
        text, name, time, progress = found
    else:
        argv = ("cat", "--", str(source.path)) if source.path is not None else source.command or command
        if argv is None:
            raise SettingsError(
                f"{source.name}.command",
                f"source {source.name!r} has neither command nor path",
                f"Add one of them: docs/collectors/{source.collector}.md shows how.",
            )
        text, name, time, progress = text_of(source, argv), argv[0], pass_.now, None
    context = Context(source, time)
    parsed = parse(text, context)
    records = tuple(to_records(parsed.records, context))
    rejected = sorted((*parsed.rejected, *unsavable(parsed.records, context)), key=lambda r: r.line)
    yield Reading(printable_file(name)[:255], 0, records, tuple(rejected), progress)


def _text_of_file(source: Source, pass_: Pass) -> tuple[str, str, float, FileProgress] | None:
    """Its text, name, time and progress; None while it stands as it stood. Raises ReportUnreadable or
    WrongClock."""
    assert source.path is not None  # noqa: S101 - for the type checker
    try:
        with open_appended(source.path) as file:
            name = printable_file(source.path.name)[:255]
            known = pass_.progress.get(name)
            if known is not None and (known.size, known.modified_ns) == (file.size, file.modified_ns):
                return None
            block = file.whole()
            time = file.modified_ns / 1e9
            if fault := fault_of_moment(time, pass_.now):
                raise WrongClock(source, fault)
            progress = FileProgress(
                name,
                file.size,
                file.modified_ns,
                file.size,
                block.end_line,
                file.digest(file.size),
                int(time),
            )
            return block.text, name, time, progress
    except Vanished:
        raise ReportUnreadable(source, "no such file") from None
    except NotReadable as error:
        raise ReportUnreadable(source, str(error)) from error
