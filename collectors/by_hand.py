"""Files that an admin names on the command line, or pipes in: parsed for a look, or imported."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from collectors.appended_file import Block, NotReadable, Vanished, open_appended
from collectors.catalogue import Collector
from collectors.errors import UnknownSource
from collectors.printable import printable_file
from usage_store.collection_runs import CollectionRun, note_run
from usage_store.engine import Store
from usermon.errors import InvalidUserName, UsermonError, WrongUse
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


def source_for(
    site: SiteFile, name: str | None, collector: str, files: Sequence[str], *, may_be_new: bool
) -> Source:
    """The source that `files` belong to: the one named, or the one that lies where they lie.

    A name that usermon.toml does not know is refused unless it `may_be_new`, since a misspelled one would
    be a volume for good; then it is a source of its own, in the site's timezone. Raises WrongUse.
    """
    if name is None:
        return _source_of_folder(site, files)
    for source in site.sources:
        if source.name == name:
            return source
    if not may_be_new:
        raise UnknownSource(name, site, " With --new-source the name is a new one's.")
    try:
        return Source(check_user_name(name), collector, Path(), 1, site.timezone)
    except InvalidUserName as error:
        raise WrongUse(
            f"{name!r} is no name for a source: {error.reason}", "Name it: --source NAME."
        ) from error


def _source_of_folder(site: SiteFile, files: Sequence[str]) -> Source:
    if STANDARD_INPUT in files:
        raise WrongUse("standard input belongs to no source", "Name one: --source NAME.")
    folders = {Path(file).resolve().parent for file in files}
    if len(folders) > 1:
        raise WrongUse("the files lie in several folders", "Name their source: --source NAME.")
    folder = folders.pop()
    for source in site.sources:
        if source.path.resolve() == folder:
            return source
    raise WrongUse(
        f"no source lies in {printable_file(str(folder))}", "Name the one that is meant: --source NAME."
    )


def users_of(files: Sequence[str], user: str | None) -> dict[str, str]:
    """Each file's user: its name, or `user`. Raises WrongUse, also for a file that is not there."""
    for file in files:
        if file != STANDARD_INPUT and not _is_there(file):
            raise WrongUse(f"no such file: {printable_file(file)}", "Check the name.")
    return {file: _user_of(file, user) for file in files}


def parse_file(collector: Collector, file: str, user: str, source: Source) -> Iterator[Parsed[StorageUsage]]:
    """What the parser makes of `file`, part by part. Raises UsermonError when it cannot be read."""
    with _open(file) as blocks:
        for _, parsed in collector.parse_blocks(blocks, user, source.name, source.timezone, time.time()):
            yield parsed


def import_files(store: Store, collector: Collector, source: Source, users: Mapping[str, str]) -> Imported:
    """Read the files of `users` whole into the store and note the run.

    What came before a file that cannot be read is kept. Raises UsermonError for that file.
    """
    started_at = time.time()
    imported = Imported(source.name)
    error: UsermonError | None = None
    try:
        for file, user in users.items():
            for parsed in parse_file(collector, file, user, source):
                with store.writing() as connection:
                    saved = collector.save(connection, parsed.records)
                imported.records += len(parsed.records)
                imported.taken += saved.taken
                imported.known += saved.known
                imported.rejected += (RejectedInFile(printable_file(file), r) for r in parsed.rejected)
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


def _is_there(file: str) -> bool:
    try:
        Path(file).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass  # there or not, reading it says what is wrong
    return True


def _user_of(file: str, user: str | None) -> str:
    if user is None and file == STANDARD_INPUT:
        raise WrongUse("standard input names no user", "Say whose report it is: --user NAME.")
    try:
        return check_user_name(user or Path(file).name.removesuffix(".csv"))
    except InvalidUserName as error:
        raise WrongUse(
            f"{printable_file(user or file)} names no user: {error.reason}", "Name the user: --user NAME."
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
        raise UsermonError(f"no such file: {printable_file(file)}", "Check the name.") from None
    except NotReadable as error:
        raise UsermonError(
            f"{printable_file(file)}: {error}",
            "Name a regular file that you may read, or pipe it in and name '-'.",
        ) from error
