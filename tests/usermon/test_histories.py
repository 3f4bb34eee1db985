from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.user_dashboard.samples import DAY, HALF_AN_HOUR, NOW, volume, without
from usermon.histories import (
    Change,
    change_over,
    find_holes,
    history_of,
    local_milliseconds,
    times_of_one_clock,
)
from usermon.published_storage import VolumeHistory


def test_a_night_without_samples_is_a_hole() -> None:
    assert find_holes(without(volume(100), 40, 60).time) == (40,)


def test_a_sample_that_was_missed_once_is_no_hole() -> None:
    assert find_holes(without(volume(100), 40, 41).time) == ()


def test_samples_thinned_to_one_a_day_are_no_holes() -> None:
    thinned = volume(60, step=DAY, end=NOW - 10 * DAY).time
    assert find_holes(thinned + volume(480).time) == ()


def test_a_week_without_samples_in_a_thinned_history_is_a_hole() -> None:
    assert find_holes(without(volume(60, step=DAY), 20, 27).time) == (20,)


def test_one_or_two_samples_have_no_holes() -> None:
    assert find_holes([]) == find_holes([NOW]) == find_holes([NOW - 10 * DAY, NOW]) == ()


@given(st.lists(st.integers(min_value=1, max_value=10**9), unique=True).map(sorted))
def test_holes_are_where_steps_are_long(time: list[int]) -> None:
    steps = [after - before for before, after in pairwise(time)]
    for hole in find_holes(time):
        assert steps[hole - 1] > 3 * min(steps)


def test_change_is_against_the_newest_sample_that_is_old_enough() -> None:
    history = history_of("local", volume(100, gb=500, files=9_000))
    assert change_over(history, 1) == Change(48, 480)


def test_change_over_more_than_the_history_is_unknown() -> None:
    history = history_of("local", volume(100))
    assert change_over(history, 7) is None
    assert change_over(history_of("local", volume(1)), 1) is None


def test_change_over_a_day_is_unknown_when_the_sample_before_is_weeks_old() -> None:
    old, new = volume(5, end=NOW - 30 * DAY), volume(5)
    joined = VolumeHistory(old.time + new.time, old.used_bytes + new.used_bytes, old.files + new.files)
    assert change_over(history_of("local", joined), 1) is None
    assert change_over(history_of("local", joined), 30) is not None


def test_a_change_of_decimals_is_exact() -> None:
    history = history_of("local", volume(100))
    history = replace(history, gb=[0.1, *history.gb[1:-1], 0.3], time=[NOW - DAY, *history.time[1:]])
    history = replace(history, time=[NOW - DAY] * 99 + [NOW], gb=[0.1] * 99 + [0.3], files=[1] * 100)
    assert change_over(history, 1) == Change(0.2, 0)


def test_times_become_the_clock_on_the_facilitys_wall() -> None:
    winter, summer = 1_772_452_800, 1_788_350_400  # 2 March and 2 September 2026, 12:00 UTC
    berlin = local_milliseconds([winter, summer], ZoneInfo("Europe/Berlin"))
    assert berlin == [(winter + 3600) * 1000, (summer + 7200) * 1000]


def test_where_the_clock_is_set_back_all_times_stand_by_the_newest_one() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    back = 1_792_890_000  # 25 October 2026, 01:00 UTC: 03:00 in summer is 02:00 in winter
    half_hours = [back + step * HALF_AN_HOUR for step in range(-4, 5)]
    walls, ahead = times_of_one_clock({"local": half_hours, "cryo": half_hours[5:]}, berlin)
    assert ahead == 3600
    assert walls["local"] == [1000 * (second + 3600) for second in half_hours]
    assert walls["cryo"] == walls["local"][5:]
    # Without samples in the hour that comes twice nothing runs backwards: each has the clock of its time.
    days = [back - DAY, back + DAY]
    assert times_of_one_clock({"local": days}, berlin) == ({"local": local_milliseconds(days, berlin)}, None)


def test_the_usual_step_is_that_of_the_newest_samples() -> None:
    daily = volume(30, step=DAY, end=NOW - DAY)
    recent = volume(20)
    joined = VolumeHistory(
        daily.time + recent.time, daily.used_bytes + recent.used_bytes, daily.files + recent.files
    )
    assert history_of("local", joined).usual_step_seconds == HALF_AN_HOUR
