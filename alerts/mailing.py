"""Sending mail: one connection for all of a round, with the server's certificate checked."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from alerts.delivering import NotDelivered
from alerts.mail_content import MailContent
from usermon.errors import SettingsError, UsermonError
from usermon.mail_settings import STARTTLS, TLS, MailSettings, read_secret_file

TIMEOUT_SECONDS = 20
# Of each answer once we are connected. Servers look through a mail before they say that it is taken: whoever
# leaves before that sends it twice (RFC 5321, 4.5.3.2.6). No longer than the lease of who sends.
ANSWER_SECONDS = 120


class MailServer:
    """A connection that is made with the first mail."""

    def __init__(self, settings: MailSettings, sender_name: str, password_file: Path | None = None) -> None:
        """`password_file` stands before the one of `settings`."""
        self._settings = settings
        self._sender_name = sender_name
        self._password_file = password_file or settings.password_file
        self._smtp: smtplib.SMTP | None = None

    def send(self, address: str, content: MailContent, now: float) -> None:
        """Raises NotDelivered; UsermonError for settings with which no mail can be sent."""
        with self._readable():
            smtp = self._connected()
            smtp.send_message(
                made_mail(self._settings, self._sender_name, address, content, now),
                self._settings.sender,
                [address],
            )

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                _be_patient(self._smtp, TIMEOUT_SECONDS)
                self._smtp.quit()
            self._smtp = None

    def _drop(self) -> None:
        """Without a word: who did not answer will not answer that either."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            settings = self._settings
            context = ssl.create_default_context()
            where = (settings.host, settings.port)
            try:
                if settings.security == TLS:
                    smtp: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
                else:
                    smtp = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
            except UnicodeError as error:  # a part of it is empty, or longer than names can be
                raise UsermonError(f"mail.host is {settings.host!r}, which is no name", "Mend it.") from error
            try:
                if settings.security == STARTTLS:
                    smtp.starttls(context=context)
                if settings.user is not None:
                    _log_in(smtp, settings.user, self._password())
            except BaseException:
                smtp.close()
                raise
            _be_patient(smtp, ANSWER_SECONDS)
            self._smtp = smtp
        return self._smtp

    def _password(self) -> str:
        if self._password_file is None:
            raise no_password()
        return read_secret_file(self._password_file, "mail.password_file").reveal()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Faults of the connection end it: the next mail gets a new one."""
        server = f"the mail server {self._settings.host}:{self._settings.port}"
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()), (0, b""))
            self._reset()
            if not 500 <= code < 600:
                raise NotDelivered(
                    f"{server} takes no mail for this address for now: {_said(code, said)}",
                    "It is tried again.",
                    is_of_one=True,
                ) from error
            raise NotDelivered(
                f"{server} takes no mail for this address: {_said(code, said)}",
                "Correct the address in usermon.toml, or in the file of addresses.",
                is_final=True,
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise NotDelivered(
                f"{server} refuses the login: {_said(error.smtp_code, error.smtp_error)}",
                "Check user and password_file of [mail].",
            ) from error
        except smtplib.SMTPResponseException as error:
            self._reset()
            raise NotDelivered(
                f"{server} refuses: {_said(error.smtp_code, error.smtp_error)}",
                "Ask who runs it what it means.",
                is_of_one=self._smtp is not None,
            ) from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise NotDelivered(
                f"{server} shows a certificate that is not trusted: {error.verify_message}",
                "Name it as its certificate does; for an authority of your own set SSL_CERT_FILE.",
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            reason = _reason(error, TIMEOUT_SECONDS if self._smtp is None else ANSWER_SECONDS)
            self._drop()
            raise NotDelivered(
                f"{server} cannot be used: {reason}",
                "Check host, port and security of [mail], and whether a firewall lets us through.",
            ) from error

    def _reset(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except (smtplib.SMTPException, OSError):
                self.close()


def no_password() -> SettingsError:
    return SettingsError(
        "mail.password_file",
        "mail.user is set and no password is",
        "Add password_file to [mail], or set USERMON_SMTP_PASSWORD_FILE.",
    )


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Raises what smtplib raises; UsermonError where the server knows no way for these letters."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    # The library knows no other letters; AUTH PLAIN takes UTF-8 (RFC 4616).
    smtp.ehlo_or_helo_if_needed()
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        raise UsermonError(
            "user or password of [mail] has letters beyond ASCII, for which the server knows no login",
            "Choose a password of ASCII letters, or ask who runs the server for AUTH PLAIN.",
        )
    answer = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = smtp.docmd("AUTH", f"PLAIN {answer}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, said)


def made_mail(
    settings: MailSettings, sender_name: str, address: str, content: MailContent, now: float
) -> EmailMessage:
    """The email package refuses line ends in a head; subjects have none (see mail_content)."""
    mail = EmailMessage()
    mail["From"] = Address(display_name=_literal(sender_name), addr_spec=settings.sender)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = _literal(content.subject)
    mail["Date"] = formatdate(now)
    mail["Message-ID"] = content.message_id
    if content.references is not None:
        mail["In-Reply-To"] = content.references
        mail["References"] = content.references
    # No holiday answers, please.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(content.text)
    mail.add_alternative(content.html, subtype="html")
    return mail


def _literal(text: str) -> str:
    """As it is for who reads it: what looks like an encoded word (RFC 2047) would be decoded."""
    return text.replace("=?", "= ?")


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:300]}"


def _be_patient(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _reason(error: Exception, waited: int) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, TimeoutError):
        return f"no answer within {waited} seconds"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)[:300] or type(error).__name__
