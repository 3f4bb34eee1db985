"""Files that an admin names on the command line, or pipes in: parsed for a look, or imported."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from collectors.appended_file import Block, NotReadable, Vanished, open_appended
from collectors.catalogue import Collector
from usage_store.collection_runs import CollectionRun, note_run
from usage_store.engine import Store
from usermon.errors import InvalidUserName, UsermonError
from usermon.records import Parsed, Rejected, StorageUsage
from usermon.site_file import SiteFile, Source
from usermon.user_names import check_user_name

STANDARD_INPUT = "-"
_RECORDS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class RejectedInFile:
    file: str
    rejected: Rejected


@dataclass
class Imported:
    """What an import did."""

    source: str
    records: int = 0
    taken: int = 0
    known: int = 0
    rejected: list[RejectedInFile] = field(default_factory=list)


def source_for(site: SiteFile, name: str | None, collector: str, files: Sequence[str]) -> Source:
    """The source that `files` belong to: the one named, or the one that lies where they lie.

    What usermon.toml does not know is taken for a source of its own, in the site's timezone.
    """
    by_name = {source.name: source for source in site.sources}
    if name is None:
        if STANDARD_INPUT in files:
            raise UsermonError("standard input belongs to no source", "Name one: --source NAME.")
        folders = {Path(file).resolve().parent for file in files}
        if len(folders) > 1:
            raise UsermonError("the files lie in several folders", "Name their source: --source NAME.")
        folder = folders.pop()
        for source in site.sources:
            if source.path.resolve() == folder:
                return source
        name = folder.name
    if name in by_name:
        return by_name[name]
    try:
        return Source(check_user_name(name), collector, Path(), 1, site.timezone)
    except InvalidUserName as error:
        raise UsermonError(
            f"{name!r} is no name for a source: {error.reason}", "Name it: --source NAME."
        ) from error


def parse_file(collector: Collector, file: str, user: str, source: Source) -> Iterator[Parsed[StorageUsage]]:
    """What the parser makes of `file`, part by part. Raises UsermonError when it cannot be read."""
    with _open(file) as blocks:
        for _, parsed in collector.parse_blocks(blocks, user, source.name, source.timezone, time.time()):
            yield parsed


def import_files(
    store: Store, collector: Collector, source: Source, files: Sequence[str], user: str | None
) -> Imported:
    """Read `files` whole into the store and note the run; each file's user is its name, or `user`.

    What came before a file that cannot be read is kept. Raises UsermonError for that file.
    """
    started_at = time.time()
    imported = Imported(source.name)
    users = {file: _user_of(file, user) for file in files}
    error: UsermonError | None = None
    try:
        for file in files:
            for parsed in parse_file(collector, file, users[file], source):
                with store.writing() as connection:
                    saved = collector.save(connection, parsed.records)
                imported.records += len(parsed.records)
                imported.taken += saved.taken
                imported.known += saved.known
                imported.rejected += (RejectedInFile(file, rejected) for rejected in parsed.rejected)
    except UsermonError as failed:
        error = failed
    run = CollectionRun(
        source=source.name,
        collector=source.collector,
        started_at=started_at,
        finished_at=time.time(),
        taken=imported.taken,
        known=imported.known,
        rejected=len(imported.rejected),
        error=error.message if error else None,
        remedy=error.remedy if error else None,
    )
    with store.writing() as connection:
        note_run(connection, run)
    if error:
        raise error
    return imported


def _user_of(file: str, user: str | None) -> str:
    if user is None and file == STANDARD_INPUT:
        raise UsermonError("standard input names no user", "Say whose report it is: --user NAME.")
    try:
        return check_user_name(user or Path(file).name.removesuffix(".csv"))
    except InvalidUserName as error:
        raise UsermonError(
            f"{user or file} names no user: {error.reason}", "Name the user: --user NAME."
        ) from error


@contextmanager
def _open(file: str) -> Iterator[Iterator[Block]]:
    if file == STANDARD_INPUT:
        text = sys.stdin.buffer.read().decode("utf-8", "backslashreplace")
        yield iter([Block(text, 1, 0, 0, whole=True)])
        return
    try:
        # A link that a person names is meant.
        with open_appended(Path(file).resolve()) as opened:
            yield opened.blocks()
    except Vanished:
        raise UsermonError(f"no such file: {file}", "Check the name.") from None
    except NotReadable as error:
        raise UsermonError(
            f"{file}: {error}", "Name a regular file that you may read, or pipe it in and name '-'."
        ) from error
