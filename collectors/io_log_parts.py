"""An I/O log part by part: what each block of its file gives, and where the last entry in it begins."""

from collections.abc import Iterator
from typing import NamedTuple

from collectors.appended_file import AppendedFile, Block
from collectors.parsers.io_log import IoLog, Record
from usermon.records import Rejected

_ENTRY = "Log: "


class Place(NamedTuple):
    """How much of a file stands before something."""

    byte: int
    lines: int


class Part(NamedTuple):
    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...]
    end: Place
    last_entry: Place | None  # the last one that begins in it
    whole: bool  # not so when its last line has no newline yet


def parts_of(file: AppendedFile, start: Place, now: float) -> Iterator[Part]:
    """From `start` on. The last one has no lines: it is what was open at the end of the file."""
    log = IoLog(now)
    end, whole = start, True
    for block in file.blocks(*start):
        parsed = log.read(block.text, block.first_line)
        end, whole = Place(block.end_byte, block.end_line), block.whole
        yield Part(parsed.records, parsed.rejected, end, _last_entry(file, block), whole)
    ended = log.end()
    yield Part(ended.records, ended.rejected, end, None, whole)


def _last_entry(file: AppendedFile, block: Block) -> Place | None:
    position = f"\n{block.text}".rfind(f"\n{_ENTRY}")
    if position < 0:
        return None
    rest = block.text[position:]
    byte = block.end_byte - len(rest.encode("utf-8", "surrogatepass")) - block.whole
    # Behind bytes that are no UTF-8, of which the text shows more than there are, this is another place.
    if not file.stands_at(byte, _ENTRY.encode()):
        return None
    return Place(byte, block.first_line - 1 + block.text.count("\n", 0, position))
