"""Text from outside as one can show it: no escape sequence reaches a terminal, no newline a table."""

import os


def printable(text: str) -> str:
    """`text` with everything unprintable written as \\x.."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def printable_file(name: str) -> str:
    """The same for a file's name, which is bytes and need not be UTF-8."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))
