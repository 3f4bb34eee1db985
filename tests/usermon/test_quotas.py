"""Quotas in words: each state says what it is and what it means."""

import pytest

from usermon.quotas import Limits, QuotaWords, over_words, quota_words

NOW = 1_772_452_800
DAY = 86_400
BOTH = Limits(soft=25_000, hard=40_000)


def words(limits: Limits, value: float, gb_a_day: float = 0.0, unit: str = "GiB") -> QuotaWords:
    """Of twenty daily samples that end with `value`."""
    time = [NOW - n * DAY for n in range(19, -1, -1)]
    values = [value - n * gb_a_day for n in range(19, -1, -1)]
    found = quota_words(limits, time, values, unit, 0.0)
    assert found is not None
    return found


def test_without_limits_there_is_nothing_to_say() -> None:
    assert quota_words(Limits(), [NOW], [5], "GiB", 0.0) is None
    assert over_words(Limits(), 5, "GiB") is None


def test_below_both_limits_both_shares_are_told() -> None:
    found = words(BOTH, 20_000)
    assert found.fullness == "80 % of the soft limit of 25,000 GiB, 50 % of the hard limit of 40,000 GiB."
    assert (found.level, found.share, found.soft_share) == ("fine", 0.5, 0.625)


def test_a_hundred_percent_is_full_and_nothing_else_is() -> None:
    assert words(Limits(hard=1_000), 999.9).fullness.startswith("99 % of the limit")
    assert words(Limits(hard=1_000), 1_000).fullness.startswith("The limit of 1")


def test_one_limit_is_just_the_limit() -> None:
    assert words(Limits(soft=500, hard=500), 50).fullness == "10 % of the limit of 500 GiB."
    assert words(Limits(hard=500), 50).soft_share is None
    assert words(Limits(soft=500), 50).fullness == "10 % of the soft limit of 500 GiB."


@pytest.mark.parametrize(
    ("grace", "says"),
    [
        ("6 days", ". Time left to get below it: 6 days. 70 % of the hard limit"),
        ("expired", ", and the grace time is over: nothing more can be written until some is removed. 70 %"),
        (None, ". 70 % of the hard limit"),
    ],
)
def test_over_the_soft_limit_the_grace_is_told(grace: str | None, says: str) -> None:
    found = words(Limits(25_000, 40_000, grace), 28_000)
    assert found.level == "over"
    assert found.fullness.startswith(f"Over the soft limit of 25,000 GiB by 3,000 GiB{says}")


def test_at_the_hard_limit_nothing_can_be_written_and_nothing_is_foretold() -> None:
    found = words(BOTH, 41_000, gb_a_day=100)
    assert found.fullness == (
        "The hard limit of 40,000 GiB is reached: nothing more can be written until some is removed."
    )
    assert (found.level, found.share, found.outlook) == ("over", 1.0, "")


def test_when_the_grace_is_over_there_is_no_growth_to_carry_on() -> None:
    assert words(Limits(25_000, 40_000, "6 days"), 28_000, gb_a_day=100).outlook.startswith("Full in about")
    assert words(Limits(25_000, 40_000, "expired"), 28_000, gb_a_day=100).outlook == ""


def test_a_little_is_not_nothing() -> None:
    assert words(Limits(hard=25_000), 13).fullness.startswith("less than 1 % of the limit")
    assert words(Limits(hard=25_000), 0).fullness.startswith("0 % of the limit")


def test_a_grace_without_being_over_says_nothing() -> None:
    assert over_words(Limits(25_000, 40_000, "6 days"), 20_000, "GiB") is None


def test_amounts_are_short() -> None:
    assert words(Limits(hard=97.65625), 9.5).fullness == "9 % of the limit of 97.7 GiB."
    assert words(Limits(hard=0.1234), 0.05).fullness == "40 % of the limit of 0.12 GiB."


@pytest.mark.parametrize(
    ("limits", "value", "gb_a_day", "says"),
    [
        (BOTH, 20_000, 500, "Soft limit in about 10 days, full in about 40 days at the present growth."),
        (BOTH, 24_900, 500, "Soft limit in about 1 day, full in about 30 days at the present growth."),
        (BOTH, 30_000, 500, "Full in about 20 days at the present growth."),
        (BOTH, 24_000, 10, "Soft limit in about 100 days at the present growth."),
        (BOTH, 20_000, 1, "Not full within two years at the present growth."),
        (BOTH, 20_000, 0, "Not growing at present."),
        (BOTH, 20_000, -50, "Not growing at present."),
        (Limits(hard=40_000), 20_000, 500, "Full in about 40 days at the present growth."),
        (Limits(soft=25_000), 20_000, 500, "Soft limit in about 10 days at the present growth."),
        (Limits(soft=25_000), 26_000, 500, ""),
    ],
)
def test_how_long_until_full_at_the_present_growth(
    limits: Limits, value: float, gb_a_day: float, says: str
) -> None:
    assert words(limits, value, gb_a_day).outlook == says


def test_near_is_nine_tenths_or_a_week() -> None:
    assert words(BOTH, 22_400).level == "fine"
    assert words(BOTH, 22_600).level == "near"
    assert words(BOTH, 22_000, gb_a_day=600).level == "near"
    assert words(BOTH, 22_000, gb_a_day=200).level == "fine"


def test_a_single_sample_has_no_outlook() -> None:
    found = quota_words(BOTH, [NOW], [20_000], "files", 0.0)
    assert found is not None
    assert (found.outlook, found.unit) == ("", "files")
