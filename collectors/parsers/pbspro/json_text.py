"""JSON as PBS prints it, which is not always JSON.

What is mended, and nothing else:

- A value without quotation marks. PBS leaves them away where a text looks like a number to C: 007, 0x1F, 1e,
  inf, nan, +5, and a 40-digit commit of zeros; and prints nothing at all for some that are empty.
- A comma before a closing bracket.
- Control characters within a text: newlines of shell functions, TABs, escape sequences of colours.
- A backslash before a character that needs none: `\\$HOME`, `\\d+`, and what was not UTF-8 (`\\xff`).

All values are texts here, numbers too, as they were printed: a job may be called 1e5, or 007.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

# Strings first, so that nothing within one is taken for anything else. No part can match in two ways.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+|\s+|"', re.DOTALL)
_WRONG_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|(u[0-9a-fA-F]{4})|)', re.DOTALL)
_DEEPEST = 100
_OPENING, _CLOSING, _SIGNS = frozenset("{["), frozenset("}]"), frozenset("{}[]:")
_WORDS = frozenset({"true", "false", "null"})
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)


class NotJson(Exception):
    """The text is no JSON, mended or not: the line at which it breaks, and why."""

    def __init__(self, line: int, text: str, reason: str) -> None:
        super().__init__(reason)
        self.line, self.text, self.reason = line, text, reason


def read_json(text: str) -> Any:
    """Objects, lists, and texts. Raises NotJson."""
    text = text.removeprefix("\ufeff")
    try:
        return _read(text)
    except (json.JSONDecodeError, RecursionError):
        pass
    mended = "".join(_mended(text))
    try:
        return _read(mended)
    except json.JSONDecodeError as error:
        # Mending adds no line and takes none away.
        raise NotJson(error.lineno, text.split("\n")[error.lineno - 1], error.msg) from None


def _read(text: str) -> Any:
    # Without `strict`, control characters may stand within texts.
    return json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=str)


def _mended(text: str) -> Iterator[str]:
    """Raises NotJson for a text that is cut off, or is nested deeper than any that PBS prints."""
    open_brackets: list[str] = []
    before, comma = "", ""  # the sign before; a comma and what blanks followed it, until it is known good
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part.isspace():
            if comma:
                comma += part
            else:
                yield part
            continue
        closes = part in _CLOSING
        yield comma[1:] if closes else comma
        comma = ""
        if before == ":" and (closes or part == ","):
            yield '""'
        if part in _OPENING:
            open_brackets.append(part)
            if len(open_brackets) > _DEEPEST:
                raise _broken(text, match.start(), "nested deeper than PBS prints")
        elif closes and open_brackets:
            open_brackets.pop()
        if part == ",":
            comma = part
        elif part[0] == '"':
            if len(part) == 1:
                raise _broken(text, match.start(), "a text without an end")
            yield _WRONG_ESCAPE.sub(_right_escape, part)
        elif part in _SIGNS or part in _WORDS or _NUMBER.fullmatch(part):
            yield part
        elif before == ":" or open_brackets[-1:] == ["["]:
            yield json.dumps(part)
        else:
            raise _broken(text, match.start(), "a name without quotation marks")
        before = part
    yield comma


def _right_escape(match: re.Match[str]) -> str:
    return match[0] if match[1] or match[2] else "\\\\"


def _broken(text: str, start: int, reason: str) -> NotJson:
    line = text.count("\n", 0, start) + 1
    return NotJson(line, text[start : start + 1000].split("\n")[0], reason)
