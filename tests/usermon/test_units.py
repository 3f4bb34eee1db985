"""The numbers that people see are exactly those of the file."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon.units import GIB, LARGEST_GB, bytes_from_gb, gb_from_bytes


@given(st.integers(0, LARGEST_GB))
def test_every_whole_number_comes_back_as_a_whole_number(gb: int) -> None:
    back = gb_from_bytes(bytes_from_gb(gb))
    assert back == gb
    assert isinstance(back, int)


@given(st.decimals(0, LARGEST_GB, places=8))
def test_every_number_with_eight_decimals_comes_back(gb: Decimal) -> None:
    assert gb_from_bytes(bytes_from_gb(float(gb))) == float(gb)


@given(st.integers(0, 8), st.integers(0, 10**12))
def test_it_is_written_as_it_was(places: int, digits: int) -> None:
    number = Decimal(digits).scaleb(-places)
    written = f"{number:f}"
    if number <= LARGEST_GB:
        assert Decimal(str(gb_from_bytes(bytes_from_gb(float(written))))) == number


@given(st.floats(0, LARGEST_GB))
def test_the_largest_amounts_fit_a_64_bit_column(gb: float) -> None:
    assert 0 <= bytes_from_gb(gb) < 2**63


@pytest.mark.parametrize(("gb", "used"), [(0, 0), (1, GIB), (0.5, GIB // 2), (25_000, 25_000 * GIB)])
def test_a_gb_is_a_gib(gb: float, used: int) -> None:
    assert bytes_from_gb(gb) == used
