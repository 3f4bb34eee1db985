"""A secret shows itself to nobody who does not ask."""

import copy
import logging
import pickle
import traceback

import pytest

from usermon.secret import Secret

SESAME = Secret("open sesame")


@pytest.mark.parametrize(
    "shown",
    [
        str(SESAME),
        repr(SESAME),
        f"{SESAME}",
        f"{SESAME!r:>20}",
        "{}".format(SESAME),  # noqa: UP032 - another way to show it
        str([SESAME]),
        str({1: SESAME}),
    ],
)
def test_however_it_is_shown_it_stays_hidden(shown: str) -> None:
    assert "sesame" not in shown
    assert "[hidden]" in shown


def test_only_reveal_gives_it_out() -> None:
    assert SESAME.reveal() == "open sesame"
    assert not hasattr(SESAME, "__dict__")


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("open sesame") == SESAME
    assert Secret("open barley") != SESAME
    assert SESAME != "open sesame"
    assert len({SESAME, Secret("open sesame")}) == 1
    assert Secret("sésame") == Secret("sésame")


def test_an_empty_secret_is_false() -> None:
    assert SESAME
    assert not Secret("")


def test_random_secrets_differ_and_are_long() -> None:
    assert Secret.random() != Secret.random()
    assert len(Secret.random().reveal()) == 64


def test_it_is_not_pickled_to_where_somebody_might_read_it() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SESAME)
    with pytest.raises(TypeError):
        copy.deepcopy(SESAME)


def test_it_stays_hidden_in_logs_and_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("logging in with %s", SESAME)
    try:
        raise ValueError(SESAME)
    except ValueError:
        shown = traceback.format_exc()
    assert "sesame" not in caplog.text
    assert "open sesame" not in shown
