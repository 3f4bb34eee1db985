"""Text from outside as one can show it: no escape sequence reaches a terminal, no newline a table."""


def printable(text: str) -> str:
    """`text` with everything unprintable written as \\x.."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
