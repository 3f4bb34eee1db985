"""Files that an admin names on the command line, or pipes in: parsed for a look, or imported."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collectors.appended_file import LARGEST_REPORT_BYTES, Block, NotReadable, Vanished, open_appended
from collectors.collector import Collector
from collectors.errors import UnknownSource
from collectors.moments import fault_of_moment
from collectors.printable import printable_file
from collectors.reading import Context
from collectors.store_sink import StoreSink
from collectors.watch import Watch, nobody_watches
from usage_store.io_imports import ImportedFile
from usermon.collection import CollectionRun
from usermon.errors import InvalidUserName, UsermonError, WrongUse
from usermon.records import Parsed, Rejected
from usermon.site_file import SiteFile, Source
from usermon.uninterrupted import uninterrupted
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
        return Source(check_user_name(name), collector, None, 1, site.timezone)
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
        if source.path is not None and source.path.resolve() in (
            folder,
            *(Path(file).resolve() for file in files),
        ):
            return source
    raise WrongUse(
        f"no source lies in {printable_file(str(folder))}", "Name the one that is meant: --source NAME."
    )


def users_of(collector: Collector, files: Sequence[str], user: str | None) -> dict[str, str | None]:
    """Each file's user: its name, or `user`; nobody where a file holds many users'.

    Raises WrongUse, also for a file that is not there.
    """
    if user is not None and not collector.one_file_a_user:
        raise WrongUse("these files name their users themselves", "Leave --user away.")
    for file in files:
        if file != STANDARD_INPUT and not _is_there(file):
            raise WrongUse(f"no such file: {printable_file(file)}", "Check the name.")
    return {file: _user_of(file, user) if collector.one_file_a_user else None for file in files}


def parse_file(
    collector: Collector, file: str, source: Source, user: str | None = None
) -> Iterator[Parsed[Any]]:
    """What the parser makes of `file`, part by part. Raises UsermonError when it cannot be read."""
    with _open(file, whole=collector.reads_whole_texts) as opened:
        context = Context(source, opened.time, user, _path_of(file))
        for _, parsed in collector.parse_blocks(opened.blocks, context):
            yield parsed


def import_files(
    sink: StoreSink,
    collector: Collector,
    source: Source,
    users: Mapping[str, str | None],
    at: float | None = None,
    watch: Watch = nobody_watches,
) -> Imported:
    """Read the files of `users` whole into the store and note the run.

    `at` is the moment that they speak of, where they do not say it themselves; by default each its own
    file's. What came before a file that cannot be read is kept, unless all of them are one report.
    Raises UsermonError for that file, WrongUse for an `at` that cannot be.
    """
    started_at = time.time()
    if at is not None and (fault := fault_of_moment(at, started_at)):
        raise WrongUse(f"nothing was measured then: {fault}", "Correct --at, or is a clock wrong?")
    imported = Imported(source.name)
    error: UsermonError | None = None
    try:
        joined: list[Any] = []
        newest = 0.0
        for file, user in users.items():
            with _open(file, whole=collector.reads_whole_texts) as opened:
                if at is None and collector.reads_whole_texts:
                    _check_time_of(file, opened.time, started_at)
                context = Context(source, opened.time if at is None else at, user, _path_of(file))
                newest = max(newest, context.time)
                if collector.joins_texts:
                    joined += _read(collector, file, opened, context, watch, imported, None)
                elif not _is_known(sink, collector, file, opened, context, imported):
                    before = imported.records, len(imported.rejected)
                    _read(collector, file, opened, context, watch, imported, sink)
                    _remember(sink, collector, file, opened, context, imported, before)
        # Reports that tell nothing may say so too; where all was rejected, the reasons say it.
        if joined or (collector.joins_texts and not imported.rejected):
            _save(sink, collector, joined, Context(source, newest), imported)
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
    sink.note(run)
    if error:
        raise error
    return imported


def _check_time_of(file: str, seconds: float, now: float) -> None:
    if fault := fault_of_moment(seconds, now):
        raise UsermonError(
            f"{printable_file(file)} was written when nobody can have: {fault}",
            "Is a clock wrong? Say the moment that it speaks of: --at.",
        )


def _read(
    collector: Collector,
    file: str,
    opened: "_Opened",
    context: Context,
    watch: Watch,
    imported: Imported,
    sink: StoreSink | None,
) -> list[Any]:
    """What the parser makes of the file; with a sink it is saved, part by part, and nothing is left."""
    waiting: list[Any] = []
    # A report with nothing in it may say so: a node without backups, a cluster without jobs.
    is_due = collector.reads_whole_texts
    with uninterrupted() as collect_newest:
        for block, parsed in collector.parse_blocks(opened.blocks, context):
            watch(file, block.end_byte, opened.size)
            refused = (*parsed.rejected, *collector.unsavable(parsed.records, context))
            imported.rejected += (RejectedInFile(printable_file(file), r) for r in refused)
            waiting += parsed.records
            if sink is not None and len(waiting) >= _RECORDS_AT_ONCE:
                _save(sink, collector, waiting, context, imported)
                waiting, is_due = [], False
                collect_newest()  # so that memory is flat, however long the file
    if sink is not None and (waiting or is_due):
        _save(sink, collector, waiting, context, imported)
        waiting = []
    return waiting


def _is_known(
    sink: StoreSink, collector: Collector, file: str, opened: "_Opened", context: Context, imported: Imported
) -> bool:
    """Whether the file is as it was when it was imported before."""
    if not collector.remembers_imports or opened.fingerprint is None:
        return False
    before = sink.imported_before(context.source, _whole_name(file), opened.fingerprint)
    if before is None:
        return False
    imported.records += before.records
    imported.known += before.records
    imported.rejected += (RejectedInFile(printable_file(file), line) for line in before.rejected)
    return True


def _remember(
    sink: StoreSink,
    collector: Collector,
    file: str,
    opened: "_Opened",
    context: Context,
    imported: Imported,
    before: tuple[int, int],
) -> None:
    if not collector.remembers_imports or opened.fingerprint is None:
        return
    records, rejected = before
    lines = tuple(one.rejected for one in imported.rejected[rejected:])
    gave = ImportedFile(_whole_name(file), opened.fingerprint, imported.records - records, lines)
    sink.remember_import(context.source, gave)


def _whole_name(file: str) -> str:
    return str(Path(file).resolve())


def _save(
    sink: StoreSink, collector: Collector, parsed: Sequence[Any], context: Context, imported: Imported
) -> None:
    records = collector.to_records(parsed, context)
    saved = sink.save_records(context.source, collector.kind, records)
    imported.records += len(records)
    imported.taken += saved.taken
    imported.known += saved.known


def _path_of(file: str) -> Path | None:
    return None if file == STANDARD_INPUT else Path(file)


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


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file's blocks, or all of it as one, and the moment that it speaks of."""

    blocks: Iterator[Block]
    time: float
    size: int
    fingerprint: str | None  # None: it is no file


@contextmanager
def _open(file: str, *, whole: bool) -> Iterator[_Opened]:
    if file == STANDARD_INPUT:
        content = sys.stdin.buffer.read(LARGEST_REPORT_BYTES + 1)
        if len(content) > LARGEST_REPORT_BYTES:
            raise WrongUse(f"standard input is longer than {LARGEST_REPORT_BYTES} bytes", "Name a file.")
        text = content.decode("utf-8", "backslashreplace")
        block = Block(text, 1, len(content), text.count("\n"), whole=True)
        yield _Opened(iter([block]), time.time(), len(content), None)
        return
    try:
        # A link that a person names is meant.
        with open_appended(Path(file).resolve()) as opened:
            blocks = iter([opened.whole()]) if whole else opened.blocks()
            yield _Opened(blocks, opened.modified_ns / 1e9, opened.size, opened.fingerprint())
    except Vanished:
        raise UsermonError(f"no such file: {printable_file(file)}", "Check the name.") from None
    except NotReadable as error:
        raise UsermonError(
            f"{printable_file(file)}: {error}",
            "Name a regular file that you may read, or pipe it in and name '-'.",
        ) from error
