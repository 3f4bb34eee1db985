"""Trying a source without saving anything."""

import time
from dataclasses import dataclass, field

from collectors.by_hand import RejectedInFile
from collectors.catalogue import collector_of
from collectors.reading import Pass
from usermon.errors import UsermonError
from usermon.site_file import Source

SHOWN_REJECTED = 100


@dataclass
class Checked:
    """What one whole reading of a source would give."""

    source: Source
    files: int = 0
    records: int = 0
    rejected: int = 0
    first_rejected: list[RejectedInFile] = field(default_factory=list)
    error: UsermonError | None = None


def check_source(source: Source) -> Checked:
    checked = Checked(source)
    try:
        collector = collector_of(source)
        if collector.file_names is not None:
            checked.files = len(collector.file_names(source))
        for reading in collector.read_new(source, Pass(time.time())):
            checked.records += len(reading.records)
            checked.rejected += len(reading.rejected)
            room = SHOWN_REJECTED - len(checked.first_rejected)
            checked.first_rejected += (RejectedInFile(reading.file, r) for r in reading.rejected[:room])
    except UsermonError as error:
        checked.error = error
    return checked
