"""What people see while containers start: a bar on a terminal, plain lines elsewhere; always on stderr."""

import logging
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_log = logging.getLogger(__name__)


class Progress(Protocol):
    """Told from several threads at once."""

    def note(self, text: str) -> None:
        """Something worth a line."""

    def begin(self, total: int) -> AbstractContextManager[object]:
        """Steps are on their way; leave the context when they are done."""

    def done(self, text: str) -> None:
        """One more step is over."""


def progress_for(stream: TextIO | None = None) -> Progress:
    stream = stream or sys.stderr
    return TerminalProgress(stream) if stream.isatty() else PlainProgress(stream)


class PlainProgress:
    """A line a step: for logs, pipes and systemd."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._total = self._count = 0

    def note(self, text: str) -> None:
        with self._lock:
            self._write(text)

    def begin(self, total: int) -> Self:
        self._total, self._count = total, 0
        return self

    def done(self, text: str) -> None:
        with self._lock:
            self._count += 1
            self._write(f"[{self._count}/{self._total}] {text}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _write(self, text: str) -> None:
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except (BrokenPipeError, ValueError):  # nobody reads any more: the work goes on
            pass


class LogProgress:
    """Lines of the program's log: for `watch`."""

    def note(self, text: str) -> None:
        _log.info("%s", text)

    def begin(self, _total: int) -> AbstractContextManager[object]:
        return nullcontext()

    def done(self, text: str) -> None:
        _log.info("%s", text)


class TerminalProgress:
    """A bar with the count, and the time it took so far."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: RichProgress | None = None

    def note(self, text: str) -> None:
        from rich.console import Console

        console = self._bar.console if self._bar else Console(file=self._stream, force_terminal=True)
        console.print(text, markup=False, highlight=False)

    def begin(self, total: int) -> Self:
        # Here and not above: most runs change nothing, and never draw.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("[progress.description]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=self._stream, force_terminal=True),
        )
        self._task = self._bar.add_task("containers", total=total)
        return self

    def done(self, text: str) -> None:
        self.note(text)
        if self._bar:
            self._bar.advance(self._task)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None
