"""Names from outside as one can show them."""

import os

from usermon.printable import printable as printable


def printable_file(name: str) -> str:
    """A file's name, which is bytes and need not be UTF-8, with everything unprintable written as \\x.."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))
