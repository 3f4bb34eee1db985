"""Emptying the outbox: each message is tried, and noted as sent or put off, before the next one."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.delivering import NotDelivered
from alerts.mail_content import MailContent, MailPage
from alerts.mailing import MailServer
from alerts.webhooks import call_webhook
from usage_store.alert_messages import (
    Message,
    due_messages,
    forget_ends_of,
    note_not_sent,
    note_sent,
    try_again_now,
)
from usage_store.alerts import TOPIC
from usage_store.engine import Store
from usage_store.revisions import next_revision
from usermon.alert_settings import AlertSettings
from usermon.errors import UsermonError

_log = logging.getLogger(__name__)

_AT_ONCE = 500
# A round must not take so long that another keeper thinks we are gone.
_LONGEST_SECONDS = 60
_FIRST_WAIT_SECONDS = 60
_LONGEST_WAIT_SECONDS = 3600
GIVE_UP_SECONDS = 3 * 86_400
_MAILS = ("mail", "user")


@dataclass(slots=True)
class Sent:
    sent: int = 0
    failed: int = 0


class Outbox:
    def __init__(self, store: Store, password_file: Path | None, clock: Callable[[], float]) -> None:
        self._store = store
        self._password_file = password_file
        self._clock = clock
        self._complained: set[str] = set()
        # When we began it may have been away for hours.
        self._mail_was_away = True

    def send(self, settings: AlertSettings, page: MailPage, may_go_on: Callable[[], bool]) -> Sent:
        """Send what is due, as long as `may_go_on()`. Raises UsermonError: the store does not answer."""
        with self._store.reading() as connection:
            due = due_messages(connection, int(self._clock()), _AT_ONCE)
        done = Sent()
        if not due:
            return done
        calls = [one for one in due if one.channel == "webhook"]
        mails = [one for one in due if one.channel != "webhook"]
        self._call(calls, settings, done, may_go_on)
        if mails:
            self._mail(mails, settings, page, done, may_go_on)
        return done

    def _call(
        self,
        messages: Iterable[Message],
        settings: AlertSettings,
        done: Sent,
        may_go_on: Callable[[], bool],
    ) -> None:
        webhooks = {rule.webhook.label: rule.webhook for rule in settings.rules if rule.webhook is not None}
        unreachable: dict[str, UsermonError] = {}
        for message in messages:
            webhook = webhooks.get(message.target)
            if webhook is None:
                gone = NotDelivered("this webhook is not in usermon.toml any more", is_final=True)
                self._note(message, gone, done)
            elif message.target in unreachable:
                self._note(message, unreachable[message.target], done)
            elif may_go_on():
                try:
                    call_webhook(webhook, message.content or "{}", f"{message.id}-{message.created_at}")
                except UsermonError as error:
                    unreachable[message.target] = error
                    self._note(message, error, done)
                else:
                    self._note(message, None, done)

    def _mail(
        self,
        messages: Sequence[Message],
        settings: AlertSettings,
        page: MailPage,
        done: Sent,
        may_go_on: Callable[[], bool],
    ) -> None:
        if settings.mail is None:
            missing = NotDelivered("usermon.toml has no [mail] any more", "Add it again.")
            self._put_off(messages, missing, done)
            return
        server = MailServer(
            settings.mail, f"Usermon {page.site}" if page.site else "Usermon", self._password_file
        )
        started = time.monotonic()
        # What an address did not take keeps what comes later for it: no end before its beginning.
        refusing: dict[str, UsermonError] = {}
        try:
            for number, message in enumerate(messages):
                if message.target in refusing:
                    self._note(message, refusing[message.target], done)
                    continue
                if time.monotonic() - started > _LONGEST_SECONDS or not may_go_on():
                    return
                error = self._mailed(server, message)
                if error is not None and not (isinstance(error, NotDelivered) and error.is_of_one):
                    self._mail_was_away = True
                    self._put_off(messages[number:], error, done)
                    return
                self._note(message, error, done)
                if error is not None:
                    refusing[message.target] = error
                elif self._mail_was_away:
                    self._mail_is_back()
        finally:
            server.close()

    def _mail_is_back(self) -> None:
        self._mail_was_away = False
        with self._store.writing() as connection:
            try_again_now(connection, _MAILS, int(self._clock()))

    def _mailed(self, server: MailServer, message: Message) -> UsermonError | None:
        try:
            server.send(message.target, MailContent.from_json(message.content or "{}"), self._clock())
        except UsermonError as error:
            return error
        except Exception as unexpected:
            # One mail that cannot be made must not keep the others. A newer Usermon may do it.
            _log.exception("a mail about an alert cannot be made")
            return NotDelivered(
                f"unexpected {type(unexpected).__name__}",
                "This is a fault of Usermon: please report it with the log of the overview.",
                is_of_one=True,
            )
        return None

    def _note(self, message: Message, error: UsermonError | None, done: Sent) -> None:
        if error is not None:
            self._put_off([message], error, done)
            return
        with self._store.writing() as connection:
            note_sent(connection, message.id, int(self._clock()))
            next_revision(connection, TOPIC)
        done.sent += 1
        self._complained.clear()

    def _put_off(self, messages: Sequence[Message], error: UsermonError, done: Sent) -> None:
        now = int(self._clock())
        with self._store.writing() as connection:
            for message in messages:
                next_at = _next_try(message, error, now)
                note_not_sent(connection, message.id, _words(error), next_at)
                if next_at is None:
                    forget_ends_of(connection, message.id)
            next_revision(connection, TOPIC)
        done.failed += len(messages)
        if error.message not in self._complained:
            self._complained.add(error.message)
            _log.warning("an alert is not told: %s. %s", error.message, error.remedy)


def _words(error: UsermonError) -> str:
    return f"{error.message}. {error.remedy}".strip()


def _next_try(message: Message, error: UsermonError, now: int) -> int | None:
    """Later and later; None when it is final, or when after days it is no news any more."""
    if (isinstance(error, NotDelivered) and error.is_final) or now - message.created_at >= GIVE_UP_SECONDS:
        return None
    return now + int(min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2 ** min(message.attempts, 10)))
