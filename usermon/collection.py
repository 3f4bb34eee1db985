"""What the collectors note of their own work, here or on another machine."""

from dataclasses import dataclass


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
class FileProgress:
    """How far a file was read, in whole lines. `digest` tells whether what was read is still what stands
    there; `last_time` is of the last sample read, if there was one."""

    file: str
    size: int
    modified_ns: int
    read_bytes: int
    read_lines: int
    digest: str
    last_time: int | None
