"""What one look of the doctor found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, but not as most would want it
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    level: Level
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Check:
    return Check(name, Level.OK, found)


def failed(name: str, found: str, remedy: str) -> Check:
    return Check(name, Level.FAILED, found, remedy)
