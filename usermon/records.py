"""What parsers make, the store keeps and pages show. Base units throughout: bytes, seconds, UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from usermon.errors import InvalidUserName
from usermon.user_names import LONGEST_NAME, check_user_name

LARGEST_NUMBER = 2**63 - 1  # what both databases keep

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """What one user holds on one volume at one time. A limit of None is 'no limit known'.

    A grace is what was left then of the time in which a soft limit may be passed: "6 days", or "expired";
    None while none runs.
    """

    user: str
    volume: str
    time: datetime  # aware, UTC
    used_bytes: int
    files: int
    soft_limit_bytes: int | None = None
    hard_limit_bytes: int | None = None
    soft_limit_files: int | None = None
    hard_limit_files: int | None = None
    bytes_grace: str | None = None
    files_grace: str | None = None


def check_storage_usage(usage: StorageUsage) -> None:
    """Raises ValueError for what nobody holds, saying what is wrong in words for a table."""
    try:
        check_user_name(usage.user)
    except InvalidUserName as error:
        raise ValueError(f"user: {error.reason}") from None
    if not 0 < len(usage.volume) <= LONGEST_NAME or not usage.volume.isprintable():
        raise ValueError(f"volume: no printable name of at most {LONGEST_NAME} characters")
    if usage.time.timestamp() < 0:
        raise ValueError("time: before 1970")
    for name in ("used_bytes", "files", *_LIMITS):
        number = getattr(usage, name)
        if number is not None and not 0 <= number <= LARGEST_NUMBER:
            raise ValueError(f"{name}: {'negative' if number < 0 else 'too large'}")
    for name in ("bytes_grace", "files_grace"):
        grace = getattr(usage, name)
        if grace is not None and not (0 < len(grace) <= LONGEST_GRACE and grace.isprintable()):
            raise ValueError(f"{name}: not like '6 days' or 'expired'")


LONGEST_GRACE = 32
_LIMITS = ("soft_limit_bytes", "hard_limit_bytes", "soft_limit_files", "hard_limit_files")


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
