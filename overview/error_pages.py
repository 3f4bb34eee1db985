"""The overview's refusals, over those that both web programs share."""

import logging
import re

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, render_template
from markupsafe import Markup

from usage_store.engine import StoreUnreachable
from usermon.errors import UsermonError
from web_shared.error_pages import ERROR_PAGE, error_answer, install_error_pages
from web_shared.gate import is_signed_in


class NotKnown(UsermonError):
    """Somebody asked for one of something, and there is none of that name: 404."""


_log = logging.getLogger(__name__)
# Addresses of ours in a remedy; those after a method are for programs.
_ADDRESS = re.compile(r"(?<!\S)(?<!GET )(/[a-z][^\s;,]*[^\s;,.:])")
_PLACEHOLDER = re.compile(r"[/=][A-Z]{2,}\b")


def install_errors(app: APIFlask) -> None:
    install_error_pages(app)
    app.extensions[ERROR_PAGE] = _page_of_error
    app.register_error_handler(StoreUnreachable, _store_unreachable)
    app.register_error_handler(NotKnown, _not_known)
    # Not app.error_processor(): that one would take over all other HTTP errors too.
    app.error_callback = _wrong_parameters


def _page_of_error(status: int, error: str, remedy: str) -> str | None:
    """With the navigation, for whoever is signed in."""
    if not is_signed_in():
        return None
    return render_template("overview/error.html", status=status, error=error, remedy=with_links(remedy))


def with_links(remedy: str) -> Markup:
    """A remedy whose addresses lead there."""
    parts = [
        Markup('<a href="{0}">{0}</a>').format(part)
        if number % 2 and not _PLACEHOLDER.search(part)
        else Markup.escape(part)
        for number, part in enumerate(_ADDRESS.split(remedy))
    ]
    return Markup("").join(parts)


def _store_unreachable(error: StoreUnreachable) -> Response:
    _log.error("%s", error.message)
    answer = error_answer(503, error.message, error.remedy)
    answer.headers["Retry-After"] = "30"
    return answer


def _not_known(error: NotKnown) -> Response:
    return error_answer(404, error.message, error.remedy)


def _wrong_parameters(error: HTTPError) -> Response:
    """What APIFlask found wrong in a request, in one sentence."""
    found = [
        f"{field}: {' '.join(str(problem) for problem in problems)}"
        for fields in error.detail.values()
        if isinstance(fields, dict)
        for field, problems in fields.items()
    ]
    message = "; ".join(found) or str(error.message).lower()
    return error_answer(error.status_code, message, "The parameters are described at /api/docs.")
