"""credentials.csv: who got which password, for handing out. The one place that holds clear text.

    user,url,password
    (admin),http://usermon.example.org:8080/,abcde-fghjk-mnpqr-stwxy
    alice,http://usermon.example.org:8100/,...

A row is written before the password's hash is, so that no password in force is ever unknown. Admins may
delete rows, or the file, once passwords are handed out: old rows are never made again.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from usermon.atomic_file import write_atomically
from usermon.errors import UsermonError
from usermon.secret import Secret

ADMIN_ROW = "(admin)"  # no user name has brackets
_HEADER = ["user", "url", "password"]


@dataclass(frozen=True, slots=True)
class Credential:
    user: str
    url: str
    password: Secret


class UnreadableCredentials(UsermonError):
    """credentials.csv is not what we write."""


def read_credentials(path: Path) -> dict[str, Credential]:
    """By user, in the file's order; empty when there is no file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from error
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if not rows:
        return {}
    if rows[0] != _HEADER:
        raise _unreadable(path, f"its first line is not {','.join(_HEADER)}")
    credentials = {}
    for row in rows[1:]:
        if len(row) != len(_HEADER):
            raise _unreadable(path, f"the row of {row[0]!r} has {len(row)} fields")
        credentials[row[0]] = Credential(row[0], row[1], Secret(row[2]))
    return credentials


def write_credentials(
    path: Path, credentials: dict[str, Credential], owner: tuple[int, int] | None = None
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows((c.user, c.url, c.password.reveal()) for c in credentials.values())
    write_atomically(path, text.getvalue().encode(), mode=0o600, owner=owner)


def _unreadable(path: Path, reason: str) -> UnreadableCredentials:
    return UnreadableCredentials(
        f"cannot read {path}: {reason}",
        "Mend it, or move it away: `orchestrator up` begins a new one, `orchestrator passwd` sets passwords.",
    )
