"""How a volume grows and would go on, in words and points."""

from itertools import accumulate

import pytest

from overview.storage_growth import FORECAST_DAYS, VolumeGrowth, growth_of_volumes
from usage_store.storage_days import VolumeDays
from usermon.units import GIB

DAY = 86_400
NOW = 20_000 * DAY + DAY // 2


def growth(
    gb: list[float], *, ended: int = 0, new: dict[int, float] | None = None, capacity: int | None = None
) -> VolumeGrowth:
    """Of daily totals, the newest of `ended` days ago; `new` users came at those places with so many GiB."""
    time = [(20_001 - back - ended) * DAY for back in range(len(gb))][::-1]
    time[-1] -= DAY // 2
    new = new or {}
    first = list(accumulate(round(new.get(place, 0) * GIB) for place in range(len(gb))))
    users = list(accumulate(int(place in new) for place in range(len(gb))))
    files = [10 * int(one) for one in gb]
    held = [round(one * GIB) for one in gb]
    days = VolumeDays(time, held, files, users, first, [10 * one // GIB for one in first])
    capacities = {} if capacity is None else {"local": capacity * GIB}
    return growth_of_volumes({"local": days}, NOW, capacities)["local"]


def test_steady_growth_is_told_and_carried_on() -> None:
    found = growth([1_000 + 10 * day for day in range(40)])
    assert found.words == (
        "Growing by 10 GiB a day at present. If it goes on so: 1,690 GiB in a month, 2,290 GiB in three."
    )
    assert found.said == [
        "70 GiB more than a week ago (+5.3 %), +700 files",
        "300 GiB more than a month ago (+27.5 %), +3,000 files",
    ]
    feed = found.as_feed()
    assert feed["forecast"]["time"][1] - feed["forecast"]["time"][0] == FORECAST_DAYS * DAY
    assert feed["forecast"]["gb"] == [1_390, pytest.approx(2_290)]
    assert feed["forecast"]["time"][0] == NOW
    # 1,489.46 GiB: 1,489.5 where it is drawn, and the words of the plot say what the sentence says.
    found = growth([1_000 + 0.46 + day for day in range(400)])
    assert found.forecast == pytest.approx(1_489.46)
    assert "1,489 GiB in three" in found.words
    assert found.as_feed()["forecast"]["words"] == "1,489 GiB, if it goes on so"


def test_one_delivery_does_not_decide() -> None:
    found = growth([1_000.0] * 20 + [9_000.0] * 3)
    assert found.words == "Not growing at present."
    assert found.as_feed()["forecast"] is None


def test_days_on_which_nothing_changed_count_as_well() -> None:
    """No rows of them are kept: ten quiet days and two busy ones are no steady growth."""
    days = VolumeDays(
        [19_989 * DAY, 20_000 * DAY, NOW], [GIB, 2 * GIB, 3 * GIB], *([[1, 1, 1]] * 2), *([[GIB] * 3] * 2)
    )
    assert growth_of_volumes({"local": days}, NOW)["local"].gb_a_day == 0


def test_what_shrinks_is_not_foretold() -> None:
    found = growth([1_000 - 10 * day for day in range(20)])
    assert found.words == "Not growing at present."
    assert found.said[0] == "70 GiB less than a week ago (−8.0 %), −700 files"


@pytest.mark.parametrize(
    ("capacity", "words"),
    [
        (2_048, "Its 2 TiB are full in about 66 days at the present growth."),
        (1_024 * 1_024, "Its 1 PiB are not full within two years."),
        (1_390, "Users hold all of its 1.4 TiB, or more."),
    ],
)
def test_a_known_capacity_says_when_it_is_full(capacity: int, words: str) -> None:
    found = growth([1_000 + 10 * day for day in range(40)], capacity=capacity)
    assert found.words.endswith(f"2,290 GiB in three. {words}")
    assert found.as_feed()["capacity"]["gb"] == capacity


def test_when_it_is_full_is_not_told_where_nothing_is_foretold() -> None:
    assert growth([1_000.0] * 40, capacity=2_048).words == "Not growing at present."
    stopped = growth([1_000 + 10 * day for day in range(40)], ended=5, capacity=2_048)
    assert stopped.words == "No samples have come for days: how it goes on cannot be told."
    assert growth([1_000.0] * 40).as_feed()["capacity"] is None


def test_few_days_and_samples_that_stopped_foretell_nothing() -> None:
    assert growth([1, 2, 3]).words == "Too few days are known to tell how it goes on."
    stopped = growth([1_000 + 10 * day for day in range(40)], ended=5)
    assert stopped.words == "No samples have come for days: how it goes on cannot be told."
    assert stopped.as_feed()["forecast"] is None


def test_what_new_users_hold_already_has_not_grown() -> None:
    held = [500.0 + day for day in range(15)] + [9_500.0 + day for day in range(15, 20)]
    found = growth(held, new={15: 9_000})
    assert found.words.startswith("Growing by 1 GiB a day at present.")
    assert growth([500.0] * 15 + [620.0] * 5, new={15: 120}).said[0] == (
        "As much as a week ago, as many files; and 120 GiB of 1 user measured for the first time"
    )
