"""What readers are told, and what they give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from usermon.collection import FileProgress
from usermon.errors import UsermonError
from usermon.records import Rejected
from usermon.site_file import Source


class SourceUnreadable(UsermonError):
    """The whole source cannot be read."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a text does not say by itself.

    `time` (epoch seconds) is the moment that it speaks of: now for a command, the file's own for a report in
    a file. `user` is whose report it is, where the file's name says so and nothing in it. `file` is where it
    came from, where a person named one.
    """

    source: Source
    time: float
    user: str | None = None
    file: Path | None = None


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a source: when, what of its files is known already, and whether to make an end."""

    now: float
    progress: Mapping[str, FileProgress] = field(default_factory=dict)
    is_stopping: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Reading:
    """What a part of one file, or one report, gave. Lines that stood rejected from `from_line` on are now
    `rejected`; line 0 stands for the file as a whole.

    `progress` is None for what has none: a command's output, or a file that was not read and is looked at
    anew next time. `when_noted` is done when all of the pass is safe.
    """

    file: str
    from_line: int
    records: tuple[Any, ...]
    rejected: tuple[Rejected, ...]
    progress: FileProgress | None = None
    when_noted: Callable[[], None] | None = None

    @property
    def is_no_file_of_ours(self) -> bool:
        """Nothing was read, and the reason stands for the file as a whole."""
        return self.progress is None and not self.records and [r.line for r in self.rejected] == [0]
