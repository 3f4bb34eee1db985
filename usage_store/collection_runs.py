"""What each collection run took and rejected, how far each file was read, and which lines stand rejected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from usage_store.engine import upsert
from usage_store.revisions import next_revision
from usage_store.schema import collection_runs, rejected_beyond, rejected_lines, source_files
from usermon.collection import CollectionRun, FileProgress
from usermon.records import Rejected

# Of one file. More only repeat the same story; they are counted all the same.
KEPT_REJECTED_LINES = 100
KEPT_RUNS = 200


@dataclass(frozen=True, slots=True)
class RejectedLine:
    source: str
    file: str
    line: int
    text: str
    reason: str
    seen_at: float


class RejectedCount(NamedTuple):
    """What stands rejected: lines, and files as a whole; `kept` rows can be shown."""

    lines: int
    files: int
    kept: int

    @property
    def all(self) -> int:
        return self.lines + self.files


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


def recent_runs(connection: Connection, count: int) -> dict[str, list[CollectionRun]]:
    """The newest `count` runs of each source, newest first, by source."""
    place = func.row_number().over(
        partition_by=collection_runs.c.source, order_by=collection_runs.c.id.desc()
    )
    numbered = select(collection_runs, place.label("place")).subquery()
    query = (
        select(*(numbered.c[name] for name in CollectionRun.__slots__))
        .where(numbered.c.place <= count)
        .order_by(numbered.c.source, numbered.c.place)
    )
    runs: dict[str, list[CollectionRun]] = {}
    for row in connection.execute(query):
        runs.setdefault(row.source, []).append(CollectionRun(*row))
    return runs


def replace_rejected(
    connection: Connection,
    source: str,
    file: str,
    rejected: Sequence[Rejected],
    seen_at: float,
    from_line: int = 0,
    more: int = 0,
) -> None:
    """The lines of `file` from `from_line` on that stand rejected are now these, and `more` of which nobody
    has the texts; what stood before goes.

    Line 0 stands for the file as a whole. Of one file the newest KEPT_REJECTED_LINES stay; all are counted.
    """
    of_this_file = (rejected_lines.c.source == source, rejected_lines.c.file == storable(file, 255))
    connection.execute(rejected_lines.delete().where(*of_this_file, rejected_lines.c.line >= from_line))
    kept = rejected[-KEPT_REJECTED_LINES:]
    beyond = more + len(rejected) - len(kept)
    if kept:
        older = (
            select(rejected_lines.c.line)
            .where(*of_this_file)
            .order_by(rejected_lines.c.line.desc())
            .offset(KEPT_REJECTED_LINES - len(kept))
        )
        surplus = connection.execute(older.limit(1)).scalar()
        if surplus is not None:
            gone = rejected_lines.delete().where(*of_this_file, rejected_lines.c.line <= surplus)
            beyond += connection.execute(gone).rowcount
        connection.execute(rejected_lines.insert(), [_rejected_row(source, file, r, seen_at) for r in kept])
    _count_beyond(connection, source, storable(file, 255), beyond, keeps_earlier=from_line > 0)


def _count_beyond(connection: Connection, source: str, file: str, lines: int, *, keeps_earlier: bool) -> None:
    if not keeps_earlier:
        forget_beyond(connection, source, file)
    if lines:
        statement = upsert(connection, rejected_beyond).values(source=source, file=file, lines=lines)
        added = rejected_beyond.c.lines + statement.excluded["lines"]
        changed = statement.on_conflict_do_update(index_elements=["source", "file"], set_={"lines": added})
        connection.execute(changed)


def forget_beyond(connection: Connection, source: str, file: str) -> None:
    """Those of `file` that are counted alone stand rejected no more."""
    table = rejected_beyond.c
    connection.execute(rejected_beyond.delete().where(table.source == source, table.file == file))


def _rejected_row(source: str, file: str, rejected: Rejected, seen_at: float) -> dict[str, object]:
    return {
        "source": source,
        "file": storable(file, 255),
        "line": rejected.line,
        "text": storable(rejected.text),
        "reason": storable(rejected.reason),
        "seen_at": seen_at,
    }


def storable(text: str, length: int | None = None) -> str:
    """`text` as both databases take it: no NUL (PostgreSQL), no half characters of odd file names."""
    clean = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return clean if length is None else clean[:length]


def standing_rejected(
    connection: Connection, limit: int = 1000, source: str | None = None
) -> list[RejectedLine]:
    """The first `limit` of all, or of one source, by source, file and line."""
    query = (
        select(*(rejected_lines.c[name] for name in RejectedLine.__slots__))
        .order_by(rejected_lines.c.source, rejected_lines.c.file, rejected_lines.c.line)
        .limit(limit)
    )
    if source is not None:
        query = query.where(rejected_lines.c.source == source)
    return [RejectedLine(*row) for row in connection.execute(query)]


def count_rejected(connection: Connection) -> int:
    """Lines, and files as a whole, whether they are kept or not."""
    return sum(one.all for one in count_rejected_by_source(connection).values())


def count_rejected_by_source(connection: Connection) -> dict[str, RejectedCount]:
    whole = func.sum(case((rejected_lines.c.line == 0, 1), else_=0))
    kept = select(rejected_lines.c.source, func.count(), whole).group_by(rejected_lines.c.source)
    counts = {
        source: RejectedCount(int(rows) - int(files), int(files), int(rows))
        for source, rows, files in connection.execute(kept)
    }
    beyond = select(rejected_beyond.c.source, func.sum(rejected_beyond.c.lines))
    for source, lines in connection.execute(beyond.group_by(rejected_beyond.c.source)):
        count = counts.get(source, RejectedCount(0, 0, 0))
        counts[source] = count._replace(lines=count.lines + int(lines))
    return counts


def progress_of_files(connection: Connection, source: str) -> dict[str, FileProgress]:
    query = select(*(source_files.c[name] for name in FileProgress.__slots__)).where(
        source_files.c.source == source
    )
    return {row[0]: FileProgress(*row) for row in connection.execute(query)}


def rejected_files(connection: Connection, source: str) -> dict[str, str | None]:
    """Files with anything rejected; the reason when it is the file as a whole, else None."""
    whole = case((rejected_lines.c.line == 0, rejected_lines.c.reason))
    query = select(rejected_lines.c.file, func.max(whole)).where(rejected_lines.c.source == source)
    rows = connection.execute(query.group_by(rejected_lines.c.file))
    return {row[0]: row[1] for row in rows}


def note_progress(connection: Connection, source: str, progress: Sequence[FileProgress]) -> None:
    if not progress:
        return
    rows = [
        {"source": source, **{name: getattr(one, name) for name in FileProgress.__slots__}}
        for one in progress
    ]
    statement = upsert(connection, source_files)
    changed = {name: statement.excluded[name] for name in FileProgress.__slots__ if name != "file"}
    connection.execute(statement.on_conflict_do_update(index_elements=["source", "file"], set_=changed), rows)


def forget_files(connection: Connection, source: str, files: Collection[str]) -> None:
    """These files are gone: so are their rejected lines."""
    for table in (source_files, rejected_lines, rejected_beyond):
        gone = table.delete().where(table.c.source == source, table.c.file == bindparam("gone"))
        if files:
            connection.execute(gone, [{"gone": file} for file in files])
