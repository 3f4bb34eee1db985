"""Links that open a dashboard for an admin: a minute, one use."""

import time

from flask import Flask

from tests.web_shared.accounts import LINK_KEY
from tests.web_shared.visitor import Visitor
from usermon.secret import Secret
from usermon.signed_links import make_link_token

KEY = Secret(LINK_KEY)


def test_a_signed_link_opens_a_session(visitor: Visitor) -> None:
    answer = visitor.get(f"/open-as?token={make_link_token(KEY, time.time() + 1)}")
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/").status_code == 200


def test_a_link_works_once(app: Flask, visitor: Visitor) -> None:
    token = make_link_token(KEY, time.time() + 1)
    visitor.get(f"/open-as?token={token}")
    second = Visitor(app).get(f"/open-as?token={token}")
    assert second.status_code == 403
    assert "used already" in second.text


def test_an_old_link_is_refused(visitor: Visitor) -> None:
    assert visitor.get(f"/open-as?token={make_link_token(KEY, time.time() - 61)}").status_code == 403


def test_a_link_of_another_user_is_refused(visitor: Visitor) -> None:
    token = make_link_token(Secret("99" * 32), time.time() + 1)
    assert visitor.get(f"/open-as?token={token}").status_code == 403


def test_a_preview_of_the_link_does_not_use_it_up(visitor: Visitor) -> None:
    token = make_link_token(KEY, time.time() + 1)
    assert visitor.client.head(f"/open-as?token={token}").status_code == 200
    assert visitor.get(f"/open-as?token={token}").status_code == 303


def test_the_session_of_a_link_ends_with_the_browser(visitor: Visitor) -> None:
    answer = visitor.get(f"/open-as?token={make_link_token(KEY, time.time() + 1)}")
    assert "Max-Age" not in answer.headers["Set-Cookie"]
