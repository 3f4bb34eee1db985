"""A bar on the terminal for each file that takes long to read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from collectors.printable import printable_file
from collectors.watch import Watch, nobody_watches

# Smaller ones are read before one could look.
_WORTH_A_BAR = 4 << 20


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[Watch]:
    """Draws on stderr, and only where that is a terminal."""
    console = console or Console(file=sys.stderr)
    if not console.is_terminal:
        yield nobody_watches
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def watch(file: str, done: int, size: int) -> None:
            if size < _WORTH_A_BAR:
                return
            if file not in bars:
                bars[file] = progress.add_task(printable_file(file), total=size)
            progress.update(bars[file], completed=done, total=size)

        yield watch
