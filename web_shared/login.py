"""The login of a web program: a guard before every request, and the pages to sign in and out.

The parts are beside: gate (who may come in), sessions, passwords, throttle, same_origin, login_pages.
"""

from flask import Flask

from web_shared.forwarded import heed_proxy
from web_shared.gate import Gate, Login, current_session
from web_shared.login_pages import add_login_pages

__all__ = ["Login", "current_session", "install_login"]


def install_login(app: Flask, login: Login) -> None:
    """Guard every path of `app` but the open ones; add /login, /logout and, for links, /open-as."""
    heed_proxy(app)  # whether cookies are for https alone
    gate = Gate(login)
    app.before_request(gate.guard)
    add_login_pages(app, gate)
