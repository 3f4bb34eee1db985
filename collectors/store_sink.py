"""Records go into the store of this machine."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from collectors.reading import Reading
from usage_store.collection_runs import (
    forget_files,
    note_progress,
    note_run,
    progress_of_files,
    rejected_files,
    replace_rejected,
)
from usage_store.delivered_names import take_back
from usage_store.engine import Store
from usage_store.io_imports import ImportedFile, find_import, note_import
from usage_store.saved import Saved
from usage_store.saving import KINDS
from usermon.collection import CollectionRun, FileProgress
from usermon.site_file import Source


@dataclass(frozen=True, slots=True)
class StoreSink:
    """Raises StoreUnreachable."""

    # Enough to be quick, few enough that other writers wait no second.
    records_at_once: ClassVar[int] = 20_000

    store: Store

    def progress_of(self, source: Source) -> Mapping[str, FileProgress]:
        with self.store.reading() as connection:
            return progress_of_files(connection, source.name)

    def standing_of(self, source: Source) -> Mapping[str, str | None]:
        with self.store.reading() as connection:
            return rejected_files(connection, source.name)

    def forget(self, source: Source, files: Collection[str]) -> None:
        with self.store.writing() as connection:
            forget_files(connection, source.name, files)

    def save(self, source: Source, kind: str, readings: Sequence[Reading], now: float) -> Saved:
        with self.store.writing() as connection:
            records: list[Any] = [record for reading in readings for record in reading.records]
            take_back(connection, kind, records)
            saved = KINDS[kind].save(connection, source.name, records)
            standing = rejected_files(connection, source.name)
            unread = [r.file for r in readings if r.is_no_file_of_ours]
            forget_files(connection, source.name, unread)
            note_progress(connection, source.name, [r.progress for r in readings if r.progress is not None])
            for reading in readings:
                if reading.rejected or reading.file in standing:
                    replace_rejected(
                        connection, source.name, reading.file, reading.rejected, now, reading.from_line
                    )
            return saved

    def save_records(self, source: Source, kind: str, records: Sequence[Any]) -> Saved:
        """Records of files given by hand, of which nothing else is kept."""
        with self.store.writing() as connection:
            return KINDS[kind].save(connection, source.name, records)

    def imported_before(self, source: Source, file: str, fingerprint: str) -> ImportedFile | None:
        """What a file given by hand gave when it came the last time, if it was the same then."""
        with self.store.reading() as connection:
            return find_import(connection, source.name, file, fingerprint)

    def remember_import(self, source: Source, imported: ImportedFile) -> None:
        with self.store.writing() as connection:
            note_import(connection, source.name, imported)

    def note(self, run: CollectionRun) -> None:
        with self.store.writing() as connection:
            note_run(connection, run)
