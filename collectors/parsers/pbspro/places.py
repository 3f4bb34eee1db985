"""On which line of a JSON text something begins: JSON readers do not tell."""

import re

_KEY = re.compile(r'^[ \t]*"([^"\\]*)"[ \t]*:[ \t]*[{[]', re.MULTILINE)


class Places:
    """Looked through once, and only when something is rejected."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[str, int] | None = None

    def line_of(self, key: str) -> int:
        """The line with `"key":{`; 1 where PBS printed it in another way."""
        if self._lines is None:
            self._lines = {}
            line, seen = 1, 0
            for match in _KEY.finditer(self._text):
                line += self._text.count("\n", seen, match.start(1))
                seen = match.start(1)
                self._lines.setdefault(match[1], line)
        return self._lines.get(key, 1)
