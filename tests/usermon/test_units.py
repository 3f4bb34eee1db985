"""The numbers that people see are exactly those of the file."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon.units import GIB, LARGEST_GB, bytes_from_gb, gb_from_bytes, size_that_fits


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


def test_a_size_is_told_in_the_unit_that_fits_and_with_the_digits_that_matter() -> None:
    amounts = (999, GIB // 2, 3 * GIB, 9.96 * GIB, 37.5 * GIB, 102.4 * GIB, 1000 * GIB, 16_384 * GIB, 2**60)
    assert [size_that_fits(amount) for amount in amounts] == [
        "999 B",
        "512 MiB",
        "3.0 GiB",
        "10 GiB",
        "37.5 GiB",
        "102 GiB",
        "1,000 GiB",
        "16 TiB",
        "1,024 PiB",
    ]
