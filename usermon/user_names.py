"""Which texts are user names: every name from outside passes here before it reaches a path or a label."""

import re

from usermon.errors import InvalidUserName

LONGEST_NAME = 64
_USER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)


def check_user_name(text: str) -> str:
    """Return `text` when it is a user name.

    Upper case and a leading digit are allowed, since real account lists hold both; see
    docs/decisions/0002-user-names.md.

    Raises:
        InvalidUserName: with the reason.
    """
    if not text:
        raise InvalidUserName("empty")
    if len(text) > LONGEST_NAME:
        raise InvalidUserName(f"longer than {LONGEST_NAME} characters")
    if not text.isascii():
        raise InvalidUserName("not ASCII")
    if not text.isprintable():
        raise InvalidUserName("control character")
    if text[0] in ".-":
        raise InvalidUserName(f"starts with '{text[0]}'")
    if not _USER_NAME.fullmatch(text):
        bad = next(c for c in text if not (c.isalnum() or c in "._-"))
        raise InvalidUserName("blank inside" if bad == " " else f"character {bad!r}")
    return text
