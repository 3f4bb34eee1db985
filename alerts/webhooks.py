"""Telling a webhook: one POST, no redirect followed, a limited wait, and only a 2xx counts."""

import http.client
import ssl
import urllib.error
import urllib.request
from typing import Any

from alerts.delivering import NotDelivered
from usermon.alert_rule_reading import is_webhook_address
from usermon.alert_rules import Webhook
from usermon.errors import SettingsError
from usermon.mail_settings import read_secret_file

TIMEOUT_SECONDS = 15
_READ_BYTES = 64 * 1024


def call_webhook(webhook: Webhook, content: str, delivery: str) -> None:
    """`delivery` is the same when the same message is tried again, so that a program can drop a second one.

    Raises NotDelivered, SettingsError.
    """
    asked = urllib.request.Request(  # noqa: S310 - http and https alone, see is_webhook_address
        address_of(webhook),
        data=content.encode(),
        headers={
            "Content-Type": "application/json",
            "User-Agent": "usermon",
            "X-Usermon-Delivery": delivery,
        },
        method="POST",
    )
    remedy = "Check the webhook's address in usermon.toml, and the program behind it."
    try:
        with _OPENER.open(asked, timeout=TIMEOUT_SECONDS) as answer:
            answer.read(_READ_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            pass
        moved = " (redirects are not followed)" if 300 <= error.code < 400 else ""
        raise NotDelivered(f"{webhook.label} answered {error.code}{moved}", remedy) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise NotDelivered(f"{webhook.label} cannot be reached: {_reason(error)}", remedy) from error


def _reason(error: Exception) -> str:
    """Never str(): an error of HTTP may repeat the address, which is secret."""
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} seconds"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {reason.verify_message}"
    return getattr(reason, "strerror", None) or type(reason).__name__


def address_of(webhook: Webhook) -> str:
    """Raises SettingsError: its file cannot be read, or holds no address."""
    if webhook.address is not None:
        return webhook.address.reveal()
    assert webhook.file is not None  # noqa: S101 - a webhook has one of both
    address = read_secret_file(webhook.file, "webhook_file").reveal()
    if not is_webhook_address(address):
        raise SettingsError(
            "webhook_file",
            f"webhook_file is {webhook.file}, which holds no address",
            "Put the address alone into it, without user and password: https://chat.example.org/hooks/...",
        )
    return address


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What is told is for this address alone; as an error the status tells what happened."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)
