import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.grace_times import in_words, seconds_left, shortest

NOW = 1_772_452_800.0
DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6 days", 6 * DAY),
        ("6days", 6 * DAY),
        ("1 day", DAY),
        ("6d23h59m55s", 7 * DAY - 5),
        ("1w2d", 9 * DAY),
        ("23:59", DAY - 60),
        ("45 minutes", 2700),
        ("expired", 0),
        ("none", 0),
        (str(int(NOW) + 3600), 3600),
        (str(int(NOW) - 3600), 0),
        ("soon", None),
        ("6 apples", None),
        ("", None),
        ("12", None),
    ],
)
def test_graces_of_all_tools_are_read(text: str, seconds: int | None) -> None:
    assert seconds_left(text, NOW) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "expired"),
        (1, "1 second"),
        (59 * 60, "59 minutes"),
        (DAY, "1 day"),
        (7 * DAY - 5, "6 days 23 hours"),
        (6 * DAY + 59, "6 days"),
    ],
)
def test_what_is_left_is_told_in_two_units_at_most(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_of_several_graces_the_shortest_matters() -> None:
    assert shortest(["6 days", "expired", "1 day"], NOW) == "expired"
    assert shortest(["6d23h59m55s", "6days", "who knows"], NOW) == "6 days"
    assert shortest([], NOW) is None


def test_a_grace_that_is_no_time_stands_as_it_is_and_short() -> None:
    assert shortest(["?" * 99], NOW) == "?" * 32


@given(st.text(max_size=40))
def test_any_text_is_a_grace_or_none(text: str) -> None:
    left = seconds_left(text, NOW)
    assert left is None or left >= 0
