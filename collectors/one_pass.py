"""One pass over one source: read what is new, save it, note what was taken and rejected."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from collectors.catalogue import Collector, find_collector
from collectors.storage_folder import Reading
from usage_store.collection_runs import (
    CollectionRun,
    forget_files,
    note_progress,
    note_run,
    progress_of_files,
    rejected_files,
    replace_rejected,
)
from usage_store.engine import Store, StoreUnreachable
from usermon.errors import UsermonError
from usermon.site_file import Source

# Saved together: enough to be quick, few enough that other writers wait no second.
_RECORDS_AT_ONCE = 20_000
_FILES_AT_ONCE = 2_000

_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What a pass did so far; it counts even when the pass fails half-way."""

    taken: int = 0
    known: int = 0
    rejected: int = 0


def never() -> bool:
    return False


def run_pass(store: Store, source: Source, is_stopping: Callable[[], bool] = never) -> CollectionRun:
    """Collect `source` once and note the run, also one that fails.

    Raises:
        StoreUnreachable: nothing could be noted.
    """
    started_at = time.time()
    tally = Tally()
    error: UsermonError | None = None
    try:
        _collect(store, source, find_collector(source.collector), tally, is_stopping)
    except StoreUnreachable:
        raise
    except UsermonError as expected:
        error = expected
    except Exception as unexpected:
        # One source's trouble, whatever it is, must not end the others.
        _log.exception("collecting %s failed", source.name)
        error = UsermonError(
            f"{source.name}: unexpected {type(unexpected).__name__}: {unexpected}",
            "This is a fault of Usermon: please report it with the log of the collectors.",
        )
    run = CollectionRun(
        source=source.name,
        collector=source.collector[:32],
        started_at=started_at,
        finished_at=time.time(),
        taken=tally.taken,
        known=tally.known,
        rejected=tally.rejected,
        error=error.message if error else None,
        remedy=error.remedy if error else None,
    )
    with store.writing() as connection:
        note_run(connection, run)
    return run


def _collect(
    store: Store, source: Source, collector: Collector, tally: Tally, is_stopping: Callable[[], bool]
) -> None:
    with store.reading() as connection:
        progress = progress_of_files(connection, source.name)
        standing = rejected_files(connection, source.name)
    names = set(collector.file_names(source))
    if gone := (progress.keys() | standing.keys()) - names:
        with store.writing() as connection:
            forget_files(connection, source.name, gone)
    waiting: list[Reading] = []
    records = 0
    for reading in collector.read_new(source, progress, time.time()):
        if reading.progress is None and reading.rejected[0].reason == standing.get(reading.file):
            continue  # known to be no file of ours
        waiting.append(reading)
        records += len(reading.records)
        if len(waiting) >= _FILES_AT_ONCE or records >= _RECORDS_AT_ONCE:
            _save(store, source, collector, waiting, standing.keys(), tally)
            waiting, records = [], 0
        if is_stopping():
            break
    _save(store, source, collector, waiting, standing.keys(), tally)


def _save(
    store: Store,
    source: Source,
    collector: Collector,
    readings: list[Reading],
    files_with_rejected: Collection[str],
    tally: Tally,
) -> None:
    if not readings:
        return
    now = time.time()
    with store.writing() as connection:
        saved = collector.save(connection, (record for reading in readings for record in reading.records))
        forget_files(connection, source.name, [r.file for r in readings if r.progress is None])
        note_progress(connection, source.name, [r.progress for r in readings if r.progress is not None])
        for reading in readings:
            if reading.rejected or reading.file in files_with_rejected:
                replace_rejected(
                    connection, source.name, reading.file, reading.rejected, now, reading.from_line
                )
    tally.taken += saved.taken
    tally.known += saved.known
    tally.rejected += sum(len(reading.rejected) for reading in readings)
