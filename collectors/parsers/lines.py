"""Lines of a report: numbered as an editor numbers them, and shortened for showing."""

from collections.abc import Iterator

from collectors.printable import printable

LONGEST_LINE = 1_000
SHOWN_CHARACTERS = 120
_BYTE_ORDER_MARK = "\ufeff"


def numbered_lines(report: str, first_line: int = 1) -> Iterator[tuple[int, str]]:
    """Each line with its number in the file, without a byte order mark.

    Not splitlines(): that splits at form feeds and the like too, and then line numbers mean nothing.
    """
    for number, line in enumerate(report.split("\n"), start=first_line):
        yield number, line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line


def count_newlines(text: bytes) -> int:
    """count() looks at every byte; taking newlines out looks for them, in a third of the time."""
    return len(text) - len(text.replace(b"\n", b""))


def shown(line: str) -> str:
    """`line` as one can show it: shortened, nothing unprintable."""
    line = line.strip()
    text = printable(line[:SHOWN_CHARACTERS])
    return text if len(line) <= SHOWN_CHARACTERS else f"{text}... ({len(line)} characters)"
