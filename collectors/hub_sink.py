"""Records go to a hub: into the spool first, from where the pusher delivers them."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from collectors.file_progress import (
    Progress,
    begin_again,
    is_to_be_read_again,
    read_again_soon,
    read_progress,
    write_progress,
)
from collectors.reading import Reading
from collectors.spool import Spool, SpoolUnwritable
from usage_store.saved import Saved
from usermon.batch import (
    LARGEST_PACKED_BYTES,
    LARGEST_PLAIN_BYTES,
    DeliveredRun,
    Envelope,
    RejectedInFile,
    pack,
    plain_size,
    record_to_wire,
)
from usermon.collection import CollectionRun, FileProgress
from usermon.errors import UsermonError
from usermon.records import Rejected
from usermon.site_file import Source
from usermon.wire import WireError

# Batches without records.
RUNS = "runs"
# Packed; proxies before a hub often take no more than one MiB.
TARGET_BYTES = 900_000
# Records that have no form on the wire stand under this name, where others have that of a file.
AGENT = "(agent)"
_LINES_OF_A_FILE = 100


class RecordTooLarge(UsermonError):
    """One single record that no hub takes."""


@dataclass
class _Part:
    """What one `save` gave, until it is known whether it was the last of its pass."""

    collector: str
    kind: str
    began_at: float
    records: Sequence[Any] = ()
    rejected: tuple[RejectedInFile, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass
class HubSink:
    """Safe for one thread a source. Raises SpoolUnwritable, or RecordTooLarge.

    The last part of a pass goes together with the run, so that a sample a minute is one batch a minute.
    """

    records_at_once: ClassVar[int] = 2_000  # an agent is small, also with years of history before it

    spool: Spool
    folder: Path
    _progress: dict[str, Progress] = field(default_factory=dict)
    _waiting: dict[str, _Part] = field(default_factory=dict)

    def progress_of(self, source: Source) -> Mapping[str, FileProgress]:
        self._waiting.pop(source.name, None)  # of a pass that did not come to its end
        file = self._file(source.name)
        progress = read_progress(file)
        # Only when the hub took all that waited: else what was dropped would be dropped again.
        if len(self.spool) == 0 and is_to_be_read_again(file):
            with _told_as_unwritable(file):
                progress = begin_again(file, progress)
        self._progress[source.name] = progress
        return dict(self._progress[source.name].files)

    def standing_of(self, source: Source) -> Mapping[str, str | None]:
        standing = dict(self._known(source.name).standing)
        standing.pop(AGENT, None)
        return standing

    def forget(self, source: Source, files: Collection[str]) -> None:
        self._hand_on(source.name)
        self._known(source.name).forget(files)
        self._waiting[source.name] = _Part(
            source.collector, RUNS, time.time(), forgotten=tuple(sorted(files))
        )

    def save(self, source: Source, kind: str, readings: Sequence[Reading], now: float) -> Saved:
        self._hand_on(source.name)
        progress = self._known(source.name)
        records, refused = _sendable(readings)
        unread = tuple(r.file for r in readings if r.is_no_file_of_ours)
        rejected = [
            _rejected(r.file, r.from_line, r.rejected)
            for r in readings
            if r.rejected or r.file in progress.standing
        ]
        if refused or AGENT in progress.standing:
            rejected.append(_rejected(AGENT, 0, refused))
        progress.forget(unread)
        progress.note(r.progress for r in readings if r.progress is not None)
        for one in rejected:
            # Lines before those that were read now may stand rejected still.
            stands = bool(one.lines) or (one.from_line > 0 and one.file in progress.standing)
            whole = next((line.reason for line in one.lines if line.line == 0), None)
            progress.stand(one.file, rejected=stands, whole=whole)
        self._waiting[source.name] = _Part(source.collector, kind, now, records, tuple(rejected), unread)
        return Saved(len(records), 0)

    def note(self, run: CollectionRun) -> None:
        part = self._waiting.pop(run.source, None) or _Part(run.collector, RUNS, run.started_at)
        self._spool(run.source, part, DeliveredRun(run.started_at, run.finished_at, run.error, run.remedy))
        self._progress.pop(run.source, None)

    def _hand_on(self, source: str) -> None:
        """What waits is not the last part: it goes as a run of its own."""
        part = self._waiting.pop(source, None)
        if part is not None:
            self._spool(source, part, DeliveredRun(part.began_at, time.time()))

    def _spool(self, source: str, part: _Part, run: DeliveredRun) -> None:
        envelope = Envelope(source, part.collector, run, part.rejected, part.forgotten)
        for kind, content in _batches(part.kind, envelope, part.records):
            self.spool.put(kind, source, content)
        with _told_as_unwritable(self._file(source)):
            write_progress(self._file(source), self._known(source))

    def read_again(self, source: str) -> None:
        """Batches of it were dropped: what its files still hold is read and delivered again, soon."""
        read_again_soon(self._file(source))

    def _known(self, source: str) -> Progress:
        return self._progress.setdefault(source, Progress())

    def _file(self, source: str) -> Path:
        return self.folder / f"{source}.json"


@contextmanager
def _told_as_unwritable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnwritable(
            f"{file} cannot be written: {error.strerror}",
            "Check USERMON_STATE_DIR, who may write there, and whether the disk is full.",
        ) from error


def _rejected(file: str, from_line: int, lines: Sequence[Rejected]) -> RejectedInFile:
    """The newest lines, which are those that the hub keeps; the others are counted."""
    kept = tuple(lines[-_LINES_OF_A_FILE:])
    return RejectedInFile(file, from_line, kept, len(lines) - len(kept))


def _sendable(readings: Sequence[Reading]) -> tuple[list[dict[str, Any]], tuple[Rejected, ...]]:
    records: list[dict[str, Any]] = []
    refused: list[Rejected] = []
    for reading in readings:
        for record in reading.records:
            try:
                records.append(record_to_wire(record))
            except WireError as error:
                refused.append(Rejected(len(refused) + 1, repr(record)[:200], str(error)))
    return records, tuple(refused)


def _batches(kind: str, envelope: Envelope, records: Sequence[Any]) -> list[tuple[str, bytes]]:
    """One batch, or several where it would be too large; what was rejected goes with the first."""
    content = pack(envelope, records)
    if len(content) <= TARGET_BYTES and plain_size(content) <= LARGEST_PLAIN_BYTES:
        return [(kind, content)]
    if len(records) > 1:
        half = len(records) // 2
        rest = Envelope(envelope.source, envelope.collector, envelope.run)
        return [*_batches(kind, envelope, records[:half]), *_batches(kind, rest, records[half:])]
    if len(content) <= LARGEST_PACKED_BYTES and plain_size(content) <= LARGEST_PLAIN_BYTES:
        return [(kind, content)]
    raise RecordTooLarge(
        f"{envelope.source}: one record is larger than a hub takes",
        "Read this source on the hub itself, by `ssh` in its usermon.toml.",
    )
