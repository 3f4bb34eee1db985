import pytest

from user_dashboard.wording import age, change, listed, number, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (11531, "11,531"),
        (1_326_512, "1,326,512"),
        (0.5, "0.5"),
        (12345.25, "12,345.25"),
        (0.00000001, "0.00000001"),
    ],
)
def test_numbers_are_grouped_and_exact(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("value", "text"), [(11531, "11531"), (0.00001, "0.00001"), (12.5, "12.5")])
def test_plain_numbers_have_no_exponent_and_no_blanks(value: float, text: str) -> None:
    assert plain(value) == text


def test_a_change_has_a_sign_that_needs_no_colour() -> None:
    assert change(1200) == ("▲", "+1,200")
    assert change(-7) == ("▼", "\u22127")
    assert change(0) == ("=", "0")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (89, "just now"),
        (100, "a minute ago"),
        (720, "12 minutes ago"),
        (3600, "1 hour ago"),
        (7200, "2 hours ago"),
        (3 * 86400, "3 days ago"),
        (40 * 86400, "1 month ago"),
        (1200 * 86400, "3 years ago"),
    ],
)
def test_ages_are_round(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_lists_read_as_sentences() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
