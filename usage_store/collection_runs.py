"""What each collection run took and rejected, how far each file was read, and which lines stand rejected."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from usage_store.engine import upsert
from usage_store.revisions import next_revision
from usage_store.schema import collection_runs, rejected_lines, source_files
from usermon.records import Rejected

# Of one file. More only repeat the same story; the run still counts them all.
KEPT_REJECTED_LINES = 100
KEPT_RUNS = 200


@dataclass(frozen=True, slots=True)
class CollectionRun:
    """One pass over one source; times in epoch seconds. `error` is why the whole pass failed, if it did."""

    source: str
    collector: str
    started_at: float
    finished_at: float
    taken: int
    known: int
    rejected: int
    error: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedLine:
    source: str
    file: str
    line: int
    text: str
    reason: str
    seen_at: float


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a file was read. `digest` tells whether what was read is still what stands there."""

    file: str
    size: int
    modified_ns: int
    read_bytes: int
    read_lines: int
    digest: str


def note_run(connection: Connection, run: CollectionRun) -> None:
    """Note `run` and drop the source's oldest beyond KEPT_RUNS."""
    connection.execute(collection_runs.insert().values({name: getattr(run, name) for name in run.__slots__}))
    oldest_kept = (
        select(collection_runs.c.id)
        .where(collection_runs.c.source == run.source)
        .order_by(collection_runs.c.id.desc())
        .offset(KEPT_RUNS - 1)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(
        collection_runs.delete().where(
            collection_runs.c.source == run.source, collection_runs.c.id < oldest_kept
        )
    )
    next_revision(connection, "collection")


def latest_runs(connection: Connection) -> list[CollectionRun]:
    """The newest run of each source, by source."""
    newest = select(func.max(collection_runs.c.id)).group_by(collection_runs.c.source)
    query = (
        select(*(collection_runs.c[name] for name in CollectionRun.__slots__))
        .where(collection_runs.c.id.in_(newest))
        .order_by(collection_runs.c.source)
    )
    return [CollectionRun(*row) for row in connection.execute(query)]


def replace_rejected(
    connection: Connection,
    source: str,
    file: str,
    rejected: Sequence[Rejected],
    seen_at: float,
    from_line: int = 1,
) -> None:
    """The lines of `file` from `from_line` on that stand rejected are now these; what stood before goes."""
    connection.execute(
        rejected_lines.delete().where(
            rejected_lines.c.source == source,
            rejected_lines.c.file == file,
            rejected_lines.c.line >= from_line,
        )
    )
    rows = [
        {
            "source": source,
            "file": file,
            "line": r.line,
            "text": _storable(r.text),
            "reason": r.reason,
            "seen_at": seen_at,
        }
        for r in rejected[:KEPT_REJECTED_LINES]
    ]
    if rows:
        connection.execute(rejected_lines.insert(), rows)


def _storable(text: str) -> str:
    # PostgreSQL keeps no NUL in a text.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def standing_rejected(connection: Connection, limit: int = 1000) -> list[RejectedLine]:
    query = (
        select(*(rejected_lines.c[name] for name in RejectedLine.__slots__))
        .order_by(rejected_lines.c.source, rejected_lines.c.file, rejected_lines.c.line)
        .limit(limit)
    )
    return [RejectedLine(*row) for row in connection.execute(query)]


def count_rejected(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(rejected_lines)).scalar_one())


def count_rejected_by_source(connection: Connection) -> dict[str, int]:
    query = select(rejected_lines.c.source, func.count()).group_by(rejected_lines.c.source)
    return {source: int(count) for source, count in connection.execute(query)}


def progress_of_files(connection: Connection, source: str) -> dict[str, FileProgress]:
    query = select(*(source_files.c[name] for name in FileProgress.__slots__)).where(
        source_files.c.source == source
    )
    return {row[0]: FileProgress(*row) for row in connection.execute(query)}


def note_progress(connection: Connection, source: str, progress: FileProgress) -> None:
    row = {"source": source, **{name: getattr(progress, name) for name in progress.__slots__}}
    statement = upsert(connection, source_files).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["source", "file"], set_=row))


def forget_files(connection: Connection, source: str, files: Sequence[str]) -> None:
    """These files are gone: so are their rejected lines."""
    for table in (source_files, rejected_lines):
        for file in files:
            connection.execute(table.delete().where(table.c.source == source, table.c.file == file))
