"""A file that others append to while we read: what is new in it, in blocks of whole lines.

Nothing else than a regular file is opened, memory stays small whatever the file holds, and how far it was
read is told in bytes and lines, with a digest that shows later whether the file was appended to or rewritten.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collectors.parsers.lines import count_newlines

_BLOCK_BYTES = 1 << 18
# A report of which no line means anything without the others; 50 000 jobs are 100 MB.
LARGEST_REPORT_BYTES = 1 << 28
# Longer lines are cut: no parser takes them, but the line must be there to be rejected.
_LONGEST_LINE_BYTES = 1 << 16
# Of what was read, so much at its beginning and at its end is compared: sorting, cutting, editing at either
# end show, and a year of samples need not be read again for each new line.
_COMPARED_BYTES = 4096


class NotReadable(Exception):
    """The file cannot be read; the text is a short phrase for tables of rejected lines."""


class Vanished(Exception):
    """The file was there a moment ago."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file. `whole` is false for a last line that has no newline yet."""

    text: str
    first_line: int
    end_byte: int
    end_line: int  # lines before the end of this block
    whole: bool


class AppendedFile:
    """An open file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        self.size = status.st_size
        self.modified_ns = status.st_mtime_ns

    def digest(self, end: int) -> str:
        """Of what stands before byte `end`."""
        head = self._read(0, min(_COMPARED_BYTES, end))
        tail = self._read(max(0, end - _COMPARED_BYTES), min(_COMPARED_BYTES, end))
        return hashlib.sha256(b"%d:%d:" % (end, len(head)) + head + tail).hexdigest()

    def blocks(self, from_byte: int = 0, lines_before: int = 0) -> Iterator[Block]:
        """From `from_byte`, where a line begins, to where the file ends now."""
        byte, lines, rest, cut = from_byte, lines_before, b"", 0
        position = from_byte
        while chunk := self._read(position, _BLOCK_BYTES):
            position += len(chunk)
            last_newline = chunk.rfind(b"\n") + 1
            if last_newline:
                text = rest + chunk[: last_newline - 1]
                end_line = lines + count_newlines(text) + 1
                byte += len(text) + 1 + cut
                yield Block(_decode(text), lines + 1, byte, end_line, whole=True)
                lines, rest, cut = end_line, b"", 0
            rest += chunk[last_newline:]
            cut += max(0, len(rest) - _LONGEST_LINE_BYTES)
            rest = rest[:_LONGEST_LINE_BYTES]
        if rest:
            yield Block(_decode(rest), lines + 1, byte + len(rest) + cut, lines + 1, whole=False)

    def fingerprint(self) -> str:
        """Another one when anything was written to the file."""
        about = f"{self.modified_ns}:{self.digest(self.size)}"
        return hashlib.sha256(about.encode()).hexdigest()

    def stands_at(self, byte: int, content: bytes) -> bool:
        return byte >= 0 and self._read(byte, len(content)) == content

    def whole(self) -> Block:
        """All of it as one block. Raises NotReadable beyond LARGEST_REPORT_BYTES."""
        if self.size > LARGEST_REPORT_BYTES:
            raise NotReadable(f"longer than {LARGEST_REPORT_BYTES >> 20} MiB, which no report is")
        content = b""
        while len(content) < self.size and (chunk := self._read(len(content), self.size - len(content))):
            content += chunk
        lines = content.count(b"\n") + (not content.endswith(b"\n"))
        # With its last newline: some reports are known by it to be whole.
        return Block(_decode(content), 1, len(content), lines, whole=True)

    def _read(self, position: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, position)


@contextmanager
def open_appended(path: Path) -> Iterator[AppendedFile]:
    """Raises NotReadable or Vanished; a link is not followed, since it may lead anywhere."""
    try:
        # Without O_NONBLOCK, opening a fifo waits for somebody to write to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Vanished from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotReadable("a symbolic link, which is not followed") from error
        raise NotReadable(f"cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotReadable("not a regular file")
        try:
            yield AppendedFile(descriptor)
        except OSError as error:
            # A failing disk, a network file system gone away.
            raise NotReadable(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _decode(content: bytes) -> str:
    # What is not UTF-8 stays visible, and is no number and no date to any parser.
    return content.decode("utf-8", "backslashreplace")
