"""Backups: the tarballs of one hub on one node, listed there."""

import re
import socket
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from collectors.collector import Collector
from collectors.command import CommandFailed
from collectors.parsers import tarballs
from collectors.parsers.lines import shown
from collectors.parsers.tarballs import TarballLine
from collectors.printable import printable
from collectors.reach import output_of
from collectors.reading import Context, Pass, Reading
from collectors.report import report_reader, whole_texts
from usermon.backup_records import BackupListing, check_backup_listing, check_name
from usermon.errors import SettingsError, WrongUse
from usermon.records import Parsed, Rejected
from usermon.site_file import Source
from usermon.toml_values import parse_period

# Keys of its own in usermon.toml.
HUB, NODE, MAX_AGE = "hub", "node", "max_age"
_HUB_AND_NODE = re.compile(r"(.+?)--(.+)\.[a-z]+")


def command_of(path: str) -> tuple[str, ...]:
    """What lists the tarballs below `path`, an absolute one: no word of it can be taken for an option."""
    return ("find", path, "-name", "*.gz", "-exec", "du", "--block-size=1M", "{}", ";")


def read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    """One listing. Raises CommandFailed, SettingsError for a wrong or missing key.

    Folders that the command may not read are told as rejected lines; a command that finds nothing and
    complains is no listing.
    """
    hub_and_node(source)
    path = source.path
    assert path is not None  # noqa: S101 - the catalogue has refused it
    if source.command is None and source.ssh is None and path.is_file():
        yield from report_reader(_parse, None, records_of)(source, pass_)
        return
    if not path.is_absolute():
        raise _wrong(source, "path", '"/var/backup/alder"')
    argv = source.command or command_of(str(path))
    output = output_of(source, argv)
    context = Context(source, pass_.now)
    parsed = _parse(output.text, context)
    if output.exit_code != 0 and not parsed.records:
        said = next(iter(output.complaints.strip().splitlines()), "and said nothing")
        raise CommandFailed(source, argv, f"ended with {output.exit_code}: {printable(said[:200])}")
    lines = output.text.count("\n")
    complaints = [line for line in output.complaints.splitlines() if line.strip()]
    told = (
        Rejected(lines + n, shown(line), "a message of the command") for n, line in enumerate(complaints, 1)
    )
    yield Reading(
        printable(argv[0])[:255], 0, tuple(records_of(parsed.records, context)), (*parsed.rejected, *told)
    )


def records_of(lines: Sequence[TarballLine], context: Context) -> list[BackupListing]:
    """All lines are one listing, none too. Raises WrongUse for a file that says neither hub nor node."""
    hub, node = hub_and_node(context.source, context.file.name if context.file else None)
    root = str(context.source.path) if context.source.path is not None else None
    found = tarballs.tarballs(lines, root)
    listing = BackupListing(hub, node, int(context.time), _max_age(context.source), found)
    check_backup_listing(listing)
    return [listing]


def hub_and_node(source: Source, file: str | None = None) -> tuple[str, str]:
    """As the source says it, or the name of a file given by hand: `HUB--NODE.txt`.

    The node is by default where the source is read. Raises SettingsError or WrongUse.
    """
    if HUB not in source.options and (match := _HUB_AND_NODE.fullmatch(file or "")):
        return match[1], match[2]
    if HUB not in source.options:
        if file is None:
            raise SettingsError(
                f"{source.name}.{HUB}", f"source {source.name!r} has no {HUB}", f'Add {HUB} = "..." to it.'
            )
        raise WrongUse(
            f"{printable(file)} says neither hub nor node",
            f"Name it HUB--NODE.txt, or a source with {HUB} and {NODE}: --source NAME.",
        )
    there = source.ssh.rpartition("@")[2].partition(":")[0] if source.ssh else socket.gethostname()
    names = source.options[HUB], source.options.get(NODE, there)
    for key, name in zip((HUB, NODE), names, strict=True):
        try:
            if not isinstance(name, str):
                raise ValueError
            check_name(key, name)
        except ValueError as error:
            raise _wrong(source, key, '"alder"') from error
    return str(names[0]), str(names[1])


def _max_age(source: Source) -> int | None:
    if MAX_AGE not in source.options:
        return None
    return parse_period(source.options[MAX_AGE], f"{source.name}.{MAX_AGE}")


def _parse(listing: str, context: Context) -> Parsed[TarballLine]:
    return tarballs.parse(listing, timezone=ZoneInfo(context.source.timezone))


def _wrong(source: Source, key: str, expected: str) -> SettingsError:
    where = f"{source.name}.{key}"
    value = source.options.get(key, source.path)
    return SettingsError(where, f"{where} is {str(value)!r}", f"Write {key} = {expected}.")


COLLECTOR = Collector(
    kind="backups",
    read_new=read_new,
    parse_blocks=whole_texts(_parse),
    as_fields=tarballs.as_fields,
    to_records=records_of,
    options=frozenset({HUB, NODE, MAX_AGE}),
    needs_path=True,
    reads_whole_texts=True,
)
