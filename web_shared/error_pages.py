"""One shape for every refusal: {"error", "remedy"} for programs, a calm page for people."""

import logging
from collections.abc import Callable

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from usermon.errors import UsermonError
from web_shared.account_secrets import SecretsUnreadable
from web_shared.same_origin import asked_by_a_browser

# An app keeps here what makes its own page of a refusal, with its frame around; None has the plain one that
# all apps share.
ERROR_PAGE = "usermon error page"
ErrorPage = Callable[[int, str, str], str | None]  # of status, error, remedy

_log = logging.getLogger(__name__)

_REMEDIES = {
    403: "Sign in with an account that may see this.",
    404: "Check the address, or start from the first page.",
    405: "Use one of the methods that the Allow header names.",
    413: "Send less at once.",
}


def error_answer(status: int, error: str, remedy: str) -> Response:
    """A page where a person asked with a browser, JSON everywhere else."""
    if asked_by_a_browser(request) and not request.path.startswith("/api/"):
        return make_response(_page(status, error, remedy), status)
    answer = jsonify(error=error, remedy=remedy)
    answer.status_code = status
    return answer


def _page(status: int, error: str, remedy: str) -> str:
    """The app's own page, else the plain one, else bare words: what is broken may be the frame itself."""
    own: ErrorPage = current_app.extensions.get(ERROR_PAGE, _plain_page)
    for draw in (own, _plain_page):
        try:
            page = draw(status, error, remedy)
        except Exception:
            _log.exception("the page of an error cannot be drawn; a plainer one is shown")
        else:
            if page is not None:
                return page
    return str(_BARE_PAGE.format(status=status, error=error, remedy=remedy))


def _plain_page(status: int, error: str, remedy: str) -> str:
    return render_template("web_shared/error.html", status=status, error=error, remedy=remedy)


_BARE_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{error}</title>'
    '<h1>{status}: {error}</h1><p>{remedy}</p><p><a href="/">To the first page</a></p></html>'
)


def install_error_pages(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecretsUnreadable, _secrets_unreadable)
    app.register_error_handler(UsermonError, _expected_error)
    app.register_error_handler(Exception, _unexpected_error)


def _http_error(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if error.response is not None or status < 400:  # a redirect, or an answer that is ready
        return error.get_response()
    answer = error_answer(status, error.name.lower(), _REMEDIES.get(status, error.description or ""))
    if allow := dict(error.get_headers()).get("Allow"):
        answer.headers["Allow"] = allow
    return answer


def _secrets_unreadable(error: SecretsUnreadable) -> Response:
    _log.error("%s: %s", error.message, error.__cause__)
    answer = error_answer(503, error.message, error.remedy)
    answer.headers["Retry-After"] = "30"
    return answer


def _expected_error(error: UsermonError) -> Response:
    _log.warning("%s", error.message)
    return error_answer(500, error.message, error.remedy)


def _unexpected_error(error: Exception) -> Response:
    _log.error("unexpected error on %s %s", request.method, request.path, exc_info=error)
    return error_answer(
        500, "something went wrong on our side", "Try again; if it stays, tell your administrators."
    )
