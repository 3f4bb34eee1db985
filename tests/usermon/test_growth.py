"""When a volume is full: right for plain growth, and silent where nobody could know."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon import growth
from usermon.growth import DAY, FARTHEST_DAYS, Outlook, present_growth

NOW = 1_772_452_800
HALF_AN_HOUR = 1800


def times(count: int, step: int = HALF_AN_HOUR) -> list[int]:
    return [NOW - n * step for n in range(count - 1, -1, -1)]


def growing(count: int = 700, gb_a_day: float = 10.0, start: float = 1_000.0) -> list[float]:
    return [start + gb_a_day * n * HALF_AN_HOUR / DAY for n in range(count)]


def outlook(time: list[int], values: list[float], limit: float, now: float) -> Outlook:
    return growth.outlook(present_growth(time, values), values[-1], limit, now - time[-1])


def days_until(limit: float, values: list[float], time: list[int] | None = None) -> float | None:
    found = outlook(time or times(len(values)), list(values), limit, NOW)
    return found.days if found.kind == "full" else None


def test_steady_growth_is_carried_on() -> None:
    values = growing()
    assert days_until(values[-1] + 120, values) == pytest.approx(12, rel=0.01)


def test_growth_in_whole_gigabytes_is_growth() -> None:
    values = [float(round(value)) for value in growing(gb_a_day=2)]
    assert days_until(values[-1] + 20, values) == pytest.approx(10, rel=0.1)


def test_noise_on_growth_changes_little() -> None:
    chance = random.Random(1)
    values = [value + chance.gauss(0, 15) for value in growing()]
    assert days_until(values[-1] + 100, values) == pytest.approx(10, rel=0.15)


@pytest.mark.parametrize("seed", range(10))
def test_noise_alone_is_no_growth(seed: int) -> None:
    chance = random.Random(seed)
    values = [1_000 + chance.gauss(0, 50) for _ in range(700)]
    assert outlook(times(700), values, 1_500, NOW) == Outlook("level")


def test_one_wrong_sample_changes_little() -> None:
    values = growing()
    values[-30] = 9_000_000.0
    assert days_until(values[-1] + 100, values) == pytest.approx(10, rel=0.05)


def test_a_clean_up_within_the_window_does_not_hide_the_growth_after_it() -> None:
    values = growing(700, gb_a_day=30)
    values = [value if place < 300 else value - 100 for place, value in enumerate(values)]
    days = days_until(values[-1] + 300, values)
    assert days is not None
    assert 8 < days < 25


def test_growth_in_steps_is_growth() -> None:
    values = [1_000.0 + 50 * (n // 100) for n in range(700)]
    days = days_until(values[-1] + 240, values)
    assert days == pytest.approx(10, rel=0.35)


def test_what_shrinks_or_stays_is_never_full() -> None:
    assert outlook(times(700), growing(gb_a_day=-5), 9_000, NOW) == Outlook("level")
    assert outlook(times(700), [1_000] * 700, 9_000, NOW) == Outlook("level")


def test_only_the_last_two_weeks_count() -> None:
    values = [1_000.0] * 2_000 + growing(700, gb_a_day=10)
    assert days_until(values[-1] + 100, values) == pytest.approx(10, rel=0.05)
    stopped = [*growing(2_000, gb_a_day=10), *([2_000.0] * 700)]
    assert outlook(times(2_700), stopped, 9_000, NOW) == Outlook("level")


def test_samples_once_a_day_are_enough() -> None:
    values = [1_000.0 + 7 * n for n in range(30)]
    assert days_until(values[-1] + 70, values, times(30, DAY)) == pytest.approx(10, rel=0.01)


def test_dense_samples_at_one_end_do_not_outweigh_the_others() -> None:
    early, late = times(13, DAY)[:-1], times(500, 60)
    time = early + late
    values = [1_000 + 10 * (moment - time[0]) / DAY for moment in time]
    assert days_until(values[-1] + 100, values, time) == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_too_few_samples_say_nothing(count: int) -> None:
    assert present_growth([], []) is None
    assert outlook(times(count, DAY), growing(count), 9_000, NOW) == Outlook("unknown")


def test_a_few_hours_say_nothing() -> None:
    assert outlook(times(40), growing(40), 9_000, NOW) == Outlook("unknown")


def test_what_is_full_is_full_now() -> None:
    assert days_until(1_000, [1_000.0]) == 0
    assert days_until(999, growing()) == 0


def test_years_ahead_is_far() -> None:
    values = growing(gb_a_day=1)
    assert outlook(times(700), values, values[-1] + FARTHEST_DAYS + 50, NOW) == Outlook("far")


def test_the_time_since_the_newest_sample_has_passed_already() -> None:
    values = growing()
    later = outlook(times(700), values, values[-1] + 100, NOW + 3 * DAY)
    assert later.days == pytest.approx(7, rel=0.02)
    assert outlook(times(700), values, values[-1] + 100, NOW + 90 * DAY).days == 0


histories = st.lists(
    st.tuples(st.integers(0, 2**40), st.floats(0, 1e12) | st.integers(0, 2**63)), min_size=1, max_size=60
).map(sorted)


@given(histories, st.floats(0.001, 1e13))
def test_any_history_has_an_outlook(history: list[tuple[int, float]], limit: float) -> None:
    time, values = [moment for moment, _ in history], [value for _, value in history]
    grown = present_growth(time, values)
    assert grown is None or grown >= 0
    found = growth.outlook(grown, values[-1], limit, NOW - time[-1])
    assert found.days is None or 0 <= found.days <= FARTHEST_DAYS
