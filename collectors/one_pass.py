"""One pass over one source: read what is new, hand it on, note what was taken and rejected."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from collectors.catalogue import collector_of
from collectors.collector import Collector
from collectors.reading import Pass, Reading, SourceUnreadable, never
from collectors.sinks import Sink
from collectors.watch import Watch, nobody_watches
from usermon.collection import CollectionRun
from usermon.errors import UsermonError
from usermon.site_file import Source

# Saved together at most, with as many records as the sink likes at once.
_FILES_AT_ONCE = 2_000

_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What a pass did so far; it counts even when the pass fails half-way."""

    taken: int = 0
    known: int = 0
    rejected: int = 0
    when_noted: list[Callable[[], None]] = field(default_factory=list)


def run_pass(
    sink: Sink, source: Source, is_stopping: Callable[[], bool] = never, watch: Watch = nobody_watches
) -> CollectionRun:
    """Collect `source` once and note the run, also one that fails.

    `watch` is told how far each file was read. Raises UsermonError when nothing could be noted.
    """
    started_at = time.time()
    tally = Tally()
    error: UsermonError | None = None
    try:
        _collect(sink, source, collector_of(source), tally, is_stopping, watch)
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
    sink.note(run)
    for done in tally.when_noted:
        done()
    return run


def _collect(
    sink: Sink,
    source: Source,
    collector: Collector,
    tally: Tally,
    is_stopping: Callable[[], bool],
    watch: Watch,
) -> None:
    progress = sink.progress_of(source)
    standing = sink.standing_of(source)
    if collector.file_names is not None:
        names = set(collector.file_names(source))
        if gone := (progress.keys() | standing.keys()) - names:
            sink.forget(source, gone)
    waiting: list[Reading] = []
    records = 0

    def save() -> None:
        if waiting:
            saved = sink.save(source, collector.kind, waiting, time.time())
            tally.taken += saved.taken
            tally.known += saved.known
            tally.rejected += sum(len(reading.rejected) for reading in waiting)
            tally.when_noted += (reading.when_noted for reading in waiting if reading.when_noted)

    try:
        for reading in collector.read_new(source, Pass(time.time(), progress, is_stopping)):
            if reading.is_no_file_of_ours and reading.rejected[0].reason == standing.get(reading.file):
                continue  # known already
            if reading.progress is not None:
                watch(reading.file, reading.progress.read_bytes, reading.progress.size)
            waiting.append(reading)
            records += len(reading.records)
            if len(waiting) >= _FILES_AT_ONCE or records >= sink.records_at_once:
                save()
                waiting, records = [], 0
            if is_stopping():
                break
    except SourceUnreadable:
        # What was read of it before is whole in itself.
        save()
        raise
    save()
