"""What parsers make, the store keeps and pages show. Base units throughout: bytes, seconds, UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """What one user holds on one volume at one time. A limit of None is 'no limit known'."""

    user: str
    volume: str
    time: datetime  # aware, UTC
    used_bytes: int
    files: int
    soft_limit_bytes: int | None = None
    hard_limit_bytes: int | None = None
    soft_limit_files: int | None = None
    hard_limit_files: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that became no record: `line` counts from 1, `text` is shortened for showing."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Record]):
    """All that a parser found in one text: each line is a record or rejected (or blank, header, comment)."""

    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...]
