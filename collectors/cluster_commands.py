"""A source that is a batch system: one dump of each of its commands, which together are one moment."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from collectors.printable import printable
from collectors.reach import text_of
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.errors import SettingsError, UsermonError
from usermon.records import Parsed
from usermon.site_file import Source

Parse = Callable[[str, Context], Parsed[Any]]
ToRecords = Callable[[Sequence[Any], Context], Sequence[Any]]
IsUnknown = Callable[[str, Parsed[Any]], bool]
COMMANDS = "commands"  # the key in usermon.toml


class NoReport(SourceUnreadable):
    """A command printed what its parser knows nothing of, so that the moment would be a half."""


class HalfACluster(UsermonError):
    """Jobs without nodes are no snapshot: it would take the nodes away that are known."""


def nothing_was_read(_text: str, parsed: Parsed[Any]) -> bool:
    return bool(parsed.rejected) and not parsed.records


def cluster_reader(
    parse: Parse,
    commands: Sequence[str],
    to_records: ToRecords,
    is_unknown: IsUnknown = nothing_was_read,
) -> Callable[[Source, Pass], Iterator[Reading]]:
    """`read_new` for batch systems: runs each of `commands` (or those of the source) once, one after the
    other. A command that fails, takes too long, or whose output `is_unknown` ends the pass."""
    return partial(_read, parse=parse, commands=tuple(commands), to_records=to_records, is_unknown=is_unknown)


def _read(
    source: Source,
    pass_: Pass,
    *,
    parse: Parse,
    commands: tuple[str, ...],
    to_records: ToRecords,
    is_unknown: IsUnknown,
) -> Iterator[Reading]:
    context = Context(source, pass_.now)
    found: list[Any] = []
    readings: list[Reading] = []
    for argv in commands_of(source, commands):
        parsed = parsed_output(source, argv, parse, context, is_unknown)
        found += parsed.records
        readings.append(Reading(printable(shlex.join(argv))[:255], 0, (), parsed.rejected))
    yield from readings[:-1]
    yield Reading(readings[-1].file, 0, tuple(to_records(found, context)), readings[-1].rejected)


def parsed_output(
    source: Source,
    argv: Sequence[str],
    parse: Parse,
    context: Context,
    is_unknown: IsUnknown = nothing_was_read,
) -> Parsed[Any]:
    """What `parse` makes of what `argv` prints. Raises CommandFailed, and NoReport when it `is_unknown`."""
    text = text_of(source, argv)
    parsed = parse(text, context)
    if is_unknown(text, parsed):
        first = parsed.rejected[0]
        command = printable(shlex.join(argv))[:255]
        raise NoReport(
            f"{source.name}: what `{command}` prints cannot be read: line {first.line}: {first.reason}",
            f"Run `{command}` by hand and see. If it is right, `usermon-collect parse --collector "
            f"{source.collector}` shows what is wrong with each line.",
        )
    return parsed


def commands_of(source: Source, commands: Sequence[str]) -> list[tuple[str, ...]]:
    """Each as words. Raises SettingsError."""
    if source.command is not None:
        return [source.command]
    where = f"{source.name}.{COMMANDS}"
    wanted = source.options.get(COMMANDS, list(commands))
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, str) for one in wanted):
        raise _wrong(where, wanted, commands)
    try:
        split = [tuple(shlex.split(one)) for one in wanted]
    except ValueError:
        raise _wrong(where, wanted, commands) from None
    if not all(split):
        raise _wrong(where, wanted, commands)
    return split


def _wrong(where: str, value: object, commands: Sequence[str]) -> SettingsError:
    example = ", ".join(f'"{command}"' for command in commands)
    return SettingsError(where, f"{where} is {value!r}", f"Write it like [{example}].")
