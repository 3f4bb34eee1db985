"""Where users get mail, by a file: lines of `user,address`."""

import csv
from dataclasses import dataclass
from pathlib import Path

from usermon.errors import SettingsError
from usermon.mail_settings import is_mail_address
from usermon.records import Rejected

_LARGEST_BYTES = 8 << 20
_HEADER = ("user", "address")


@dataclass(frozen=True, slots=True)
class Addresses:
    by_user: dict[str, str]
    rejected: tuple[Rejected, ...]


def read_addresses(file: Path) -> Addresses:
    """Raises SettingsError: the file cannot be read."""
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(
            "alerts.users.addresses",
            f"alerts.users.addresses is {file}, which cannot be read: {reason}",
            "Put lines of user,address there, readable for Usermon.",
        ) from error
    found: dict[str, str] = {}
    rejected: list[Rejected] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = _fields(line)
        if number == 1 and fields == _HEADER:
            continue
        if len(fields) != 2 or not fields[0]:
            rejected.append(Rejected(number, line[:200], "not user,address"))
        elif not is_mail_address(fields[1]):
            rejected.append(Rejected(number, line[:200], "no mail address"))
        else:
            found[fields[0]] = fields[1]
    return Addresses(found, tuple(rejected))


def _fields(line: str) -> tuple[str, ...]:
    """None at all of a line that is no CSV: a field that never ends, for one."""
    try:
        return tuple(field.strip() for field in next(csv.reader([line]), []))
    except csv.Error:
        return ()
