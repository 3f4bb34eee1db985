"""Running a command on this machine, bounded in time and in output."""

import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from collectors.appended_file import LARGEST_REPORT_BYTES
from collectors.printable import printable
from collectors.reading import SourceUnreadable
from usermon.site_file import Source

# Reports in the language and the number format that their parsers know.
REPORT_ENVIRONMENT = {"LC_ALL": "C"}
_LARGEST_COMPLAINT_BYTES = 1 << 16
_PIECE_BYTES = 1 << 16
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Output:
    """What a command said. What is not UTF-8 in it is written as \\x.."""

    text: str
    complaints: str
    exit_code: int


class CommandFailed(SourceUnreadable):
    """It did not run, did not end, or ended with an error."""

    def __init__(self, source: Source, argv: Sequence[str], reason: str, remedy: str | None = None) -> None:
        where = f" on {source.ssh}" if source.ssh else ""
        super().__init__(
            f"{source.name}: `{printable(argv[0])}`{where} {reason}",
            remedy or f"Run `{_shown(argv)}`{where} by hand as the collectors' account, and see.",
        )


def _shown(argv: Sequence[str]) -> str:
    """As a shell takes it; a whole script is no line to be typed."""
    text = printable(shlex.join(argv))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def output_here(source: Source, argv: Sequence[str]) -> Output:
    try:
        process = subprocess.Popen(  # noqa: S603 - the words of the admin's own usermon.toml, and no shell
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **REPORT_ENVIRONMENT},
            start_new_session=True,  # so that what it starts ends with it
        )
    except OSError as error:
        raise CommandFailed(
            source,
            argv,
            f"cannot be run: {error.strerror}",
            "Install it, give its whole path in `command`, or read another machine with `ssh`.",
        ) from error
    with process:
        try:
            text, complaints = _drain(process, source, argv)
        except BaseException:
            _end(process)
            raise
    return Output(decode(text), decode(complaints), process.returncode)


def _drain(process: "subprocess.Popen[bytes]", source: Source, argv: Sequence[str]) -> tuple[bytes, bytes]:
    assert process.stdout is not None  # noqa: S101 - for the type checker
    assert process.stderr is not None  # noqa: S101
    give_up_at = time.monotonic() + source.timeout_seconds
    text, complaints = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, text)
        selector.register(process.stderr, selectors.EVENT_READ, complaints)
        while selector.get_map():
            ready = selector.select(max(0.0, give_up_at - time.monotonic()))
            if not ready:
                raise CommandFailed(source, argv, f"did not end within {source.timeout_seconds} s")
            for key, _ in ready:
                piece = os.read(key.fd, _PIECE_BYTES)
                if not piece:
                    selector.unregister(key.fileobj)
                elif key.data is text or len(complaints) < _LARGEST_COMPLAINT_BYTES:
                    key.data.extend(piece)
            if len(text) > LARGEST_REPORT_BYTES:
                raise CommandFailed(source, argv, f"printed more than {LARGEST_REPORT_BYTES >> 20} MiB")
    try:
        process.wait(max(0.1, give_up_at - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise CommandFailed(source, argv, f"did not end within {source.timeout_seconds} s") from None
    return bytes(text), bytes(complaints)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def decode(content: bytes) -> str:
    """Output as text; what is not UTF-8 in it is written as \\x.."""
    return content.decode("utf-8", "backslashreplace")
