"""A test message to everybody whom the rules name: whether they would be told when it matters."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from alerts.mail_content import MailContent, MailPage
from alerts.mailing import MailServer
from alerts.webhook_content import VERSION
from alerts.webhooks import call_webhook
from usermon.alert_settings import AlertSettings
from usermon.errors import UsermonError

_log = logging.getLogger(__name__)


def try_everything(
    settings: AlertSettings, page: MailPage, password_file: Path | None, now: float
) -> Iterator[tuple[str, UsermonError | None]]:
    """Each address and webhook with what went wrong, None where nothing did. Users are not written to."""
    addresses = dict.fromkeys(to for rule in settings.rules for to in settings.recipients(rule))
    if settings.mail is not None:
        name = f"Usermon {page.site}" if page.site else "Usermon"
        server = MailServer(settings.mail, name, password_file)
        for address in addresses:
            yield address, _fault_of(partial(server.send, address, _test_mail(page), now))
        server.close()
    webhooks = {rule.webhook.label: rule.webhook for rule in settings.rules if rule.webhook is not None}
    for label, webhook in webhooks.items():
        content = {
            "version": VERSION,
            "site": page.site,
            "text": "A test of Usermon",
            "events": [],
            "left_out": 0,
        }
        yield label, _fault_of(partial(call_webhook, webhook, json.dumps(content), secrets.token_hex(8)))


def _fault_of(attempt: Callable[[], None]) -> UsermonError | None:
    try:
        attempt()
    except UsermonError as error:
        return error
    except Exception as unexpected:
        # The others are tried all the same.
        _log.exception("a test cannot be sent")
        return UsermonError(
            f"unexpected {type(unexpected).__name__}", "This is a fault of Usermon: please report it."
        )
    return None


def _test_mail(page: MailPage) -> MailContent:
    words = "This is a test: alerts of Usermon reach this address."
    return MailContent(
        subject=f"[{page.site or 'Usermon'}] Test",
        text=f"{words}\n",
        html=f"<!doctype html>\n<p>{words}</p>\n",
        message_id=f"<usermon.test.{secrets.token_hex(8)}@{page.domain}>",
    )
