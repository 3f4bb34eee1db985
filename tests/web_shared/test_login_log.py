"""What admins find in the log of who came in and who tried."""

import logging
import time

import pytest
from flask import Flask

from tests.web_shared.accounts import LINK_KEY, PASSWORD
from tests.web_shared.visitor import Visitor
from usermon.secret import Secret
from usermon.signed_links import make_link_token
from web_shared.login_log import one_line
from web_shared.throttle import PER_CLIENT

THERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "web_shared.login_log")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "web_shared.login_log"]


def test_a_wrong_password_leaves_a_line_without_it(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/", auth=("alice", "swordfish"), environ_base=THERE)
    assert lines(caplog) == ["wrong password for alice from 192.0.2.7"]
    assert "swordfish" not in caplog.text


def test_a_password_typed_as_name_stays_out_of_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/", auth=("swordfish", ""), environ_base=THERE)
    assert lines(caplog) == ["wrong account name at the login of alice from 192.0.2.7"]
    assert "swordfish" not in caplog.text


def test_that_guesses_are_refused_from_now_on_is_one_line(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = app.test_client()
    for n in range(PER_CLIENT.wrong_allowed + 5):
        client.get("/", auth=("alice", f"guess {n}"), environ_base=THERE)
    told = lines(caplog)
    assert len(told) == PER_CLIENT.wrong_allowed + 1
    assert told[-1] == "refusing guesses for 30 s at the login of alice from 192.0.2.7"


def test_who_signs_in_by_page_leaves_a_line(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    visitor.sign_in(PASSWORD)
    visitor.get("/")
    assert lines(caplog) == ["alice signed in from 192.0.2.1"]
    assert PASSWORD not in caplog.text


def test_an_admins_link_leaves_a_line_without_it(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    token = make_link_token(Secret(LINK_KEY), time.time() + 1)
    visitor.get(f"/open-as?token={token}")
    assert lines(caplog) == ["alice opened by an admin's link from 192.0.2.1"]
    assert token not in caplog.text


def test_right_passwords_of_scripts_are_no_news(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert app.test_client().get("/", auth=("alice", PASSWORD)).status_code == 200
    assert lines(caplog) == []


@pytest.mark.parametrize("address", ["a\nforged line", "\x1b[31mred", "\u202e1.2.3.4", "1" * 10_000])
def test_an_address_never_breaks_a_line(address: str) -> None:
    assert one_line(address).isprintable()
    assert one_line(address).isascii()
    assert len(one_line(address)) <= 64


def test_a_missing_address_is_said_to_be_unknown() -> None:
    assert one_line(None) == "an unknown address"
