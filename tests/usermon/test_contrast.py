"""How well colours can be read on one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon.contrast import READABLE, contrast, is_colour, readable_on

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # https://webaim.org/resources/contrastchecker/ says the same.
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#777777", "#ffffff", 4.48),
        ("#0B5A9D", "#f5f6f8", 6.55),
    ],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.006)
    assert contrast(other, one) == contrast(one, other)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable_on("#0B5A9D", ["#ffffff", "#f5f6f8"], darker=True) == "#0b5a9d"


@given(COLOURS)
def test_any_colour_becomes_one_that_can_be_read(colour: str) -> None:
    light, dark = ["#ffffff", "#eef1f5"], ["#0f141a", "#1e2630"]
    assert min(contrast(readable_on(colour, light, darker=True), ground) for ground in light) >= READABLE
    assert min(contrast(readable_on(colour, dark, darker=False), ground) for ground in dark) >= READABLE


@pytest.mark.parametrize("text", ["0b5a9d", "#0b5", "#0b5a9d ", "#0b5a9d;}", "red", "#0b5a9g", None, 7])
def test_nothing_else_is_a_colour(text: object) -> None:
    assert not is_colour(text)
