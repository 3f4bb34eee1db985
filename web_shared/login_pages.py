"""The pages /login, /logout and /open-as. They work without scripts."""

import time

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from usermon.secret import Secret
from web_shared.error_pages import error_answer
from web_shared.gate import Gate
from web_shared.passwords import Verdict
from web_shared.same_origin import safe_next
from web_shared.sessions import Kind, sign, signed_right

_FORM_LIFETIME_SECONDS = 3600
_LARGEST_FORM_BYTES = 16 * 1024


class LoginPages:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def show_login(self) -> AnyResponse:
        target = safe_next(request.args.get("next"))
        if self._gate.session_of_request() is not None:
            return redirect(target, 303)
        message = "You are signed out." if "signed-out" in request.args else ""
        return self._form(200, target, message=message)

    def sign_in(self) -> AnyResponse:
        request.max_content_length = _LARGEST_FORM_BYTES
        target = safe_next(request.form.get("next"))
        if not self._form_is_ours():
            return self._form(400, target, problem="This page had expired. Please sign in again.")
        account = self._gate.login.account
        password = request.form.get("password", "")
        verdict, wait = self._gate.try_password(password, request.form.get("username", account))
        if verdict is Verdict.RIGHT:
            self._gate.log.signed_in(request.remote_addr)
            return self._gate.open_session(Kind.PASSWORD, target)
        if verdict is Verdict.WRONG:
            return self._form(401, target, problem="That password is not right.")
        answer = self._form(429, target, problem=f"Too many wrong passwords. Try again in {_span(wait)}.")
        answer.headers["Retry-After"] = str(wait)
        return answer

    def show_logout(self) -> AnyResponse:
        if self._gate.session_of_request() is None:
            return redirect("/login", 303)
        return make_response(render_template("web_shared/logout.html", login=self._gate.login))

    def sign_out(self) -> AnyResponse:
        session = self._gate.session_of_request()
        if session is not None:
            self._gate.sessions.end(session, time.time())
        answer = redirect("/login?signed-out=1", 303)
        answer.delete_cookie(self._gate.cookie_name(), path="/")
        return answer

    def open_as(self) -> AnyResponse:
        if request.method == "HEAD":  # a program that previews links must not use one up
            return Response(status=200)
        token = request.args.get("token", "")
        if self._gate.links.accept(self._gate.secrets.link_key(), token, time.time()):
            self._gate.log.opened_by_link(request.remote_addr)
            return self._gate.open_session(Kind.LINK, "/")
        return error_answer(
            403,
            "this link was used already or is older than a minute",
            "Make a new one: open the dashboard from the overview, or run `orchestrator open-as` again.",
        )

    def _form(self, status: int, target: str, problem: str = "", message: str = "") -> Response:
        nonce = self._form_nonce() or Secret.random(16).reveal()
        page = render_template(
            "web_shared/login.html",
            login=self._gate.login,
            next=target,
            form_token=sign(self._gate.binding(), "form", nonce),
            problem=problem,
            message=message,
        )
        answer = make_response(page, status)
        # The form is good only in the browser that fetched it: its token answers to this cookie.
        self._gate.set_cookie(answer, self._form_cookie(), nonce, _FORM_LIFETIME_SECONDS)
        return answer

    def _form_cookie(self) -> str:
        return f"{self._gate.cookie_name()}-form"

    def _form_nonce(self) -> str:
        nonce = request.cookies.get(self._form_cookie(), "")
        return nonce if nonce.isalnum() and len(nonce) == 32 else ""

    def _form_is_ours(self) -> bool:
        nonce = self._form_nonce()
        token = request.form.get("form_token", "")
        return bool(nonce) and signed_right(self._gate.binding(), "form", nonce, token)


def add_login_pages(app: Flask, gate: Gate) -> None:
    pages = LoginPages(gate)
    app.add_url_rule("/login", "login", pages.show_login, methods=["GET"])
    app.add_url_rule("/login", "sign_in", pages.sign_in, methods=["POST"])
    app.add_url_rule("/logout", "logout", pages.show_logout, methods=["GET"])
    app.add_url_rule("/logout", "sign_out", pages.sign_out, methods=["POST"])
    if gate.login.accepts_links:
        app.add_url_rule("/open-as", "open_as", pages.open_as, methods=["GET"])


def _span(seconds: int) -> str:
    if seconds < 100:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"
