"""Trying a source without saving anything."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from collectors.by_hand import RejectedInFile
from collectors.catalogue import collector_of
from collectors.reading import Pass
from usermon.errors import UsermonError
from usermon.site_file import Source

SHOWN_REJECTED = 100
_AT_ONCE = 8

_log = logging.getLogger(__name__)


@dataclass
class Checked:
    """What one whole reading of a source would give. `files` is None for a source that has none."""

    source: Source
    files: int | None = None
    records_of: Counter[str] = field(default_factory=Counter)  # by what they are
    rejected: int = 0
    first_rejected: list[RejectedInFile] = field(default_factory=list)
    seconds: float = 0.0
    error: UsermonError | None = None

    @property
    def records(self) -> int:
        return self.records_of.total()


def check_sources(sources: Sequence[Source]) -> list[Checked]:
    """Each source once, several at a time: most of the time one waits for other machines."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return list(pool.map(check_source, sources))


def check_source(source: Source) -> Checked:
    checked = Checked(source)
    started = time.monotonic()
    try:
        collector = collector_of(source)
        if collector.file_names is not None:
            checked.files = len(collector.file_names(source))
        for reading in collector.read_new(source, Pass(time.time())):
            checked.records_of.update(type(record).__name__ for record in reading.records)
            checked.rejected += len(reading.rejected)
            room = SHOWN_REJECTED - len(checked.first_rejected)
            checked.first_rejected += (RejectedInFile(reading.file, r) for r in reading.rejected[:room])
        checked.error = _nothing_came(checked)
    except UsermonError as error:
        checked.error = error
    except Exception as unexpected:
        _log.exception("checking %s failed", source.name)
        checked.error = UsermonError(
            f"{source.name}: unexpected {type(unexpected).__name__}: {unexpected}",
            "This is a fault of Usermon: please report it with what stands above.",
        )
    checked.seconds = time.monotonic() - started
    return checked


def _nothing_came(checked: Checked) -> UsermonError | None:
    """A cluster without jobs and a node without tarballs give a record that says so; a folder may be empty.
    What else gives no record is a fault that a pass would not tell."""
    name = checked.source.name
    if checked.records or (checked.files is not None and not checked.rejected):
        return None
    if checked.rejected:
        return UsermonError(
            f"{name}: nothing could be read: {checked.rejected} lines were rejected and none was taken",
            "The first ones are named with their reasons: is this the collector for it?",
        )
    return UsermonError(
        f"{name}: nothing came: no record, and no line that was rejected",
        "Run its command by hand, or look at its file: is it empty? Do keys of the source leave all out?",
    )
