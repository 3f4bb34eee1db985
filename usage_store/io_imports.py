"""Logs that were imported by hand: the same file again need not be read to be known."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from usage_store.collection_runs import storable
from usage_store.engine import upsert
from usage_store.schema_io import io_imported_files
from usermon.records import Rejected

_LONGEST_FILE = 255
# A file with more of them is read again: what the store keeps of one file must have an end.
_MOST_REJECTED = 1_000


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file gave; `fingerprint` is another as soon as the file is."""

    file: str
    fingerprint: str
    records: int
    rejected: tuple[Rejected, ...]


def find_import(connection: Connection, source: str, file: str, fingerprint: str) -> ImportedFile | None:
    """What `file` gave when it was imported as it is now; None: it was not."""
    query = select(io_imported_files.c.records, io_imported_files.c.rejected).where(
        io_imported_files.c.source == source,
        io_imported_files.c.file == _kept_name(file),
        io_imported_files.c.fingerprint == fingerprint,
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    rejected = tuple(Rejected(*line) for line in json.loads(found.rejected))
    return ImportedFile(file, fingerprint, found.records, rejected)


def note_import(connection: Connection, source: str, imported: ImportedFile) -> None:
    if len(imported.rejected) > _MOST_REJECTED:
        return
    lines: Sequence[tuple[int, str, str]] = [(r.line, r.text, r.reason) for r in imported.rejected]
    values = {
        "source": source,
        "file": _kept_name(imported.file),
        "fingerprint": imported.fingerprint,
        "records": imported.records,
        "rejected": json.dumps(lines),
    }
    statement = upsert(connection, io_imported_files).values(values)
    changed = {name: statement.excluded[name] for name in ("fingerprint", "records", "rejected")}
    connection.execute(statement.on_conflict_do_update(index_elements=["source", "file"], set_=changed))


def _kept_name(file: str) -> str:
    return storable(file)[-_LONGEST_FILE:]
