"""What a collector is: every module that the catalogue names holds one as COLLECTOR."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from collectors.appended_file import Block
from collectors.reading import Context, Pass, Reading
from usermon.records import Parsed, Rejected
from usermon.site_file import Source


def as_they_are(parsed: Sequence[Any], _context: Context) -> Sequence[Any]:
    return parsed


def nothing(_parsed: Sequence[Any], _context: Context) -> Sequence[Rejected]:
    return ()


@dataclass(frozen=True, slots=True)
class Collector:
    """How one kind of source becomes records in the store.

    `read_new` gives records ready to be saved. For files that a person names, `parse_blocks` gives what the
    parser makes of each block, `as_fields` shows one of those (None: it is not shown), and
    `to_records` makes records of all of a file's together, where a line of the report is not yet one.
    """

    kind: str  # of its records: a key of usage_store.saving.KINDS
    read_new: Callable[[Source, Pass], Iterator[Reading]]
    parse_blocks: Callable[[Iterable[Block], Context], Iterator[tuple[Block, Parsed[Any]]]]
    as_fields: Callable[[Any, ZoneInfo], dict[str, object] | None]
    to_records: Callable[[Sequence[Any], Context], Sequence[Any]] = as_they_are
    # What was parsed and can be shown, but not saved: `to_records` leaves it out, this says why.
    unsavable: Callable[[Sequence[Any], Context], Sequence[Rejected]] = nothing
    # Files of the source that are there now: what was known of others is forgotten. None: it has no files.
    file_names: Callable[[Source], list[str]] | None = None
    # Keys that its sources may have in usermon.toml beyond those of every source.
    options: frozenset[str] = frozenset()
    needs_path: bool = False
    # It runs its commands and looks at no path.
    takes_path: bool = True
    # It reads files of this machine itself, by no command that could be run elsewhere.
    reads_files_here: bool = False
    # The user is told by the file's name and nothing in it.
    one_file_a_user: bool = False
    # Texts of one report must be read whole, since a line means nothing without the others.
    reads_whole_texts: bool = False
    # Several texts are one report of one moment: what `to_records` makes of one alone would be a half.
    joins_texts: bool = False
    # What they say together, for showing.
    joined: Callable[[Sequence[Any]], Sequence[Any]] = list
    # A file that was imported by hand is known at a glance when it comes again.
    remembers_imports: bool = False
