"""A list of users: one name a line.

    # comments and blank lines are fine
    alice
    bob

CRLF, a byte order mark, blanks around a name and doubled names are tolerated. Any other line that is not a
user name is rejected, alone: the good names go on.
"""

from pathlib import Path

from usermon.errors import InvalidUserName, WrongUse
from usermon.records import Parsed, Rejected
from usermon.user_names import check_user_name

_BLANKS = b" \t\r\v\f"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_SHOWN = 60


def parse_user_list(content: bytes) -> Parsed[str]:
    """The names in order of first appearance, each once, and the lines that are none."""
    names: dict[str, None] = {}
    rejected = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        # A mark may also stand further down, where files were joined.
        line = line.removeprefix(_BYTE_ORDER_MARK).strip(_BLANKS)
        if not line or line.startswith(b"#"):
            continue
        try:
            names.setdefault(check_user_name(line.decode("utf-8")))
        except UnicodeDecodeError:
            rejected.append(Rejected(number, _showable(line), "not UTF-8"))
        except InvalidUserName as error:
            rejected.append(Rejected(number, _showable(line), error.reason))
    return Parsed(tuple(names), tuple(rejected))


def read_user_list(path: Path) -> Parsed[str]:
    """Raises WrongUse when the file cannot be read."""
    try:
        return parse_user_list(path.read_bytes())
    except OSError as error:
        raise WrongUse(
            f"cannot read the user list {path}: {error.strerror}",
            "Name a text file with one user name a line.",
        ) from error


def _showable(line: bytes) -> str:
    """What a terminal or a page may show: no control characters, nothing overlong."""
    # Cut first, so that a line of many megabytes costs nothing; one letter has four bytes at most.
    text = line[: 4 * (_LONGEST_SHOWN + 1)].decode("utf-8", errors="backslashreplace")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
