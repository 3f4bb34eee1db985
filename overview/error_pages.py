"""The overview's refusals, over those that both web programs share."""

import logging

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response

from usage_store.engine import StoreUnreachable
from usermon.errors import UsermonError
from web_shared.error_pages import error_answer, install_error_pages


class NotKnown(UsermonError):
    """Somebody asked for one of something, and there is none of that name: 404."""


_log = logging.getLogger(__name__)


def install_errors(app: APIFlask) -> None:
    install_error_pages(app)
    app.register_error_handler(StoreUnreachable, _store_unreachable)
    app.register_error_handler(NotKnown, _not_known)
    # Not app.error_processor(): that one would take over all other HTTP errors too.
    app.error_callback = _wrong_parameters


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
