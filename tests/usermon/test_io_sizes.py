"""Ranges of sizes, as bpftrace writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon.io_sizes import SizeRange, size_range


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("[4K, 8K)", 4096, 8192),
        ("[2, 4)", 2, 4),
        ("[512, 1K)", 512, 1024),
        ("[512M, 1G)", 1 << 29, 1 << 30),
        ("[1T, 2T)", 1 << 40, 1 << 41),
        ("[0]", 0, 1),
        ("[1]", 1, 2),
        ("(..., 0)", None, 0),
        ("[100, ...)", 100, None),
        ("[4E, 8E)", 1 << 62, None),
    ],
)
def test_a_range_is_from_the_first_up_to_and_without_the_second(
    text: str, low: int | None, high: int | None
) -> None:
    assert size_range(text) == (low, high)


@pytest.mark.parametrize("text", ["[4K, 8K)", "[2, 4)", "[512, 1K)", "[0]", "[1]", "(..., 0)", "[100, ...)"])
def test_it_is_written_as_it_was_read(text: str) -> None:
    assert str(size_range(text)) == text


def test_two_ways_to_write_it_are_one_range() -> None:
    assert str(size_range("[1024, 2048)")) == "[1K, 2K)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4K",
        "[8K, 4K)",
        "[4K, 4K)",
        "[4K,8K)",
        "[4Q, 8Q)",
        "[-, 4)",
        "[16E, 32E)",
        "[٤, ٨)",
        "[0.5, 1)",
        "[-4K, 8K)",
        "[-1]",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"size"):
        size_range(text)


@given(st.integers(0, 2**61), st.integers(1, 2**61))
def test_every_range_is_read_as_it_was_written(low: int, width: int) -> None:
    one = SizeRange(low, low + width)
    assert size_range(str(one)) == one
