"""[mail] of usermon.toml: the server that takes our mails.

[mail]
host = "smtp.example.org"
port = 587
security = "starttls"              # or "tls" from the first byte, or "none"
from = "usermon@example.org"
user = "usermon"                   # where the server wants a login
password_file = "smtp-password"    # or USERMON_SMTP_PASSWORD_FILE; relative to this file
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from usermon.errors import SettingsError
from usermon.secret import Secret
from usermon.toml_values import text, whole, wrong

MAIL_KEYS = ("host", "port", "security", "from", "user", "password_file")

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}
# Parts with single dots between them, before the @ and behind it (RFC 5322 without quotes and comments), and
# nothing that mail programs would decode (RFC 2047).
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?!.*=\?)(?=[^@]{{1,64}}@.{{1,253}}$){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9a-fA-F:.]{2,45}")
_LARGEST_SECRET_BYTES = 4096


@dataclass(frozen=True, slots=True)
class MailSettings:
    host: str
    sender: str
    port: int = 587
    security: str = STARTTLS
    user: str | None = None
    password_file: Path | None = None


def read_mail_settings(values: Mapping[str, object], folder: Path, where: str) -> MailSettings:
    """`values` is [mail], unknown keys refused already. The password is read when it is needed.

    Raises:
        SettingsError: names the key, the value and what was expected.
    """
    for key in ("host", "from"):
        if key not in values:
            raise SettingsError(f"{where}.{key}", f"{where} has no {key}", f'Add {key} = "...".')
    host = text(values["host"], f"{where}.host", '"smtp.example.org"')
    if not _HOST.fullmatch(host):
        raise wrong(f"{where}.host", host, 'Write a name or an address: "smtp.example.org".')
    security = values.get("security", STARTTLS)
    if not isinstance(security, str) or security not in _PORTS:
        raise wrong(f"{where}.security", security, 'Write "starttls", "tls" or "none".')
    user = values.get("user")
    password_file = file_of(values.get("password_file"), folder, f"{where}.password_file")
    if user is None and password_file is not None:
        raise SettingsError(f"{where}.user", f"{where} has a password_file and no user", 'Add user = "...".')
    if user is not None and security == PLAIN:
        raise SettingsError(
            f"{where}.security",
            f"{where}: a password would travel in the open",
            'Write security = "starttls" or "tls", or leave user out.',
        )
    return MailSettings(
        host=host,
        sender=mail_address(values["from"], f"{where}.from"),
        port=whole(values.get("port", _PORTS[security]), f"{where}.port", 1, 65535),
        security=security,
        user=None if user is None else text(user, f"{where}.user", '"usermon"'),
        password_file=password_file,
    )


def mail_address(value: object, where: str) -> str:
    """Only the address: no name before it, nothing that could become a line of a mail's head."""
    if not is_mail_address(value):
        raise wrong(where, value, 'Write an address: "storage-admins@example.org".')
    return str(value)


def is_mail_address(value: object) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def is_mail_domain(value: object) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(f"a@{value}") is not None


def file_of(value: object, folder: Path, where: str) -> Path | None:
    """The file that `value` names, relative to `folder`; links stay, as with sources."""
    if value is None:
        return None
    return Path(os.path.abspath(folder / text(value, where, '"smtp-password"')))  # noqa: PTH100


def read_secret_file(file: Path, name: str) -> Secret:
    """The first line of `file`; `name` is the setting that names it. Raises SettingsError."""
    remedy = f"Put it alone into the file, readable for Usermon and nobody else, or correct {name}."
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_SECRET_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(name, f"{name} is {file}, which cannot be read: {reason}", remedy) from error
    secret = content.strip("\r\n \t")
    if not secret or not secret.isprintable():
        raise SettingsError(name, f"{name} is {file}, which holds no single line", remedy)
    return Secret(secret)
