"""Asking what may never answer."""

import logging
import threading

import pytest

from collectors.impatient import Impatient


def test_an_answer_in_time_is_given_and_an_error_raised() -> None:
    impatient = Impatient(5)
    assert impatient.ask("a", lambda: 7) == 7

    def fail() -> int:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        impatient.ask("a", fail)


def test_what_hangs_holds_up_nobody_is_asked_once_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    impatient = Impatient(0.02)
    released = threading.Event()
    asked: list[int] = []

    def hang() -> str:
        asked.append(1)
        released.wait(60)
        return "late"

    with caplog.at_level(logging.WARNING):
        assert [impatient.ask("/dead", hang) for _ in range(5)] == [None] * 5
        assert impatient.ask("/alive", lambda: "there") == "there"
        assert len(asked) == 1
        assert [record.getMessage() for record in caplog.records] == [
            "/dead does not answer within 0.02 s: it is left out until it does"
        ]
        released.set()
        for thread in threading.enumerate():
            if thread.name == "/dead":
                thread.join(10)
        impatient.seconds = 10
        assert impatient.ask("/dead", lambda: "back") == "back"
        assert caplog.records[-1].getMessage() == "/dead answers again"
        assert impatient.ask("/dead", lambda: "back") == "back"
    assert len(caplog.records) == 2
