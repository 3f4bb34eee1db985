"""What people see while containers start."""

import io

from orchestrator.progress import PlainProgress, progress_for


def test_without_a_terminal_every_step_is_a_line_with_its_count() -> None:
    stream = io.StringIO()
    progress = progress_for(stream)
    progress.note("waiting")
    with progress.begin(2):
        progress.done("alice: ready")
        progress.done("bob: ready")
    assert stream.getvalue() == "waiting\n[1/2] alice: ready\n[2/2] bob: ready\n"


def test_the_work_goes_on_when_nobody_reads_any_more() -> None:
    stream = io.StringIO()
    progress = PlainProgress(stream)
    stream.close()
    progress.note("still working")


def test_on_a_terminal_the_lines_come_above_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = progress_for(stream)
    with progress.begin(1):
        progress.done("alice: ready [1]")
    assert "alice: ready [1]" in stream.getvalue()
    assert "1/1" in stream.getvalue()
