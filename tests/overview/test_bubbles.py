import random

from hypothesis import given
from hypothesis import strategies as st

from overview.bubbles import Bubble, bubbles, crowded
from overview.storage_table import storage_table
from tests.factories import NOON
from usage_store.storage import LatestUsage
from usermon.units import bytes_from_gb


def latest(user: str, volume: str, gb: float, files: int) -> LatestUsage:
    return LatestUsage(user, volume, int(NOON.timestamp()), bytes_from_gb(gb), files, None, None)


def test_the_size_is_what_the_user_holds_on_the_other_volume() -> None:
    table = storage_table([latest("alice", "cryo", 7, 70), latest("alice", "local", 5, 50)], [])
    assert bubbles(table, "local") == [Bubble("alice", 5, 50, 7)]
    assert bubbles(table, "cryo") == [Bubble("alice", 7, 70, 5)]


def test_with_three_volumes_the_size_sums_up_the_two_others() -> None:
    table = storage_table(
        [latest("alice", volume, gb, 1) for volume, gb in (("a", 1), ("b", 2), ("c", 4))], []
    )
    assert bubbles(table, "a") == [Bubble("alice", 1, 1, 6)]


def test_who_has_data_on_one_volume_only_has_no_known_size_there_and_no_bubble_on_the_other() -> None:
    table = storage_table([latest("alice", "local", 5, 50), latest("bob", "cryo", 1, 1)], [])
    assert bubbles(table, "local") == [Bubble("alice", 5, 50, None)]


def test_few_users_are_all_drawn_one_by_one() -> None:
    everybody = [Bubble(f"user{n}", n, n, n) for n in range(50)]
    assert crowded(everybody) == (everybody, [])


def test_ten_thousand_users_become_few_enough_marks_to_draw() -> None:
    dice = random.Random(7)
    everybody = [
        Bubble(
            f"user{n}",
            round(dice.lognormvariate(6, 2)),
            round(dice.lognormvariate(11, 2)),
            dice.lognormvariate(6, 2),
        )
        for n in range(10_000)
    ]
    alone, crowds = crowded(everybody)
    assert len(alone) + len(crowds) < 1_500
    largest = max(everybody, key=lambda bubble: bubble.x)
    assert largest in alone


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**8), st.none() | st.integers(0, 10**6)),
        min_size=1,
        max_size=200,
    )
)
def test_everybody_is_drawn_exactly_once(amounts: list[tuple[int, int, int | None]]) -> None:
    everybody = [Bubble(f"user{n}", *amount) for n, amount in enumerate(amounts)]
    alone, crowds = crowded(everybody, one_by_one=5)
    drawn = [bubble.user for bubble in alone] + [user for crowd in crowds for user in crowd.users]
    assert sorted(drawn) == sorted(bubble.user for bubble in everybody)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**8)), min_size=10, max_size=200))
def test_a_crowd_covers_all_its_members(amounts: list[tuple[int, int]]) -> None:
    everybody = {f"user{n}": Bubble(f"user{n}", x, y, 1) for n, (x, y) in enumerate(amounts)}
    _, crowds = crowded(list(everybody.values()), one_by_one=3)
    for crowd in crowds:
        assert crowd.count == len(crowd.users) > 1
        for user in crowd.users:
            assert crowd.x_range[0] <= everybody[user].x <= crowd.x_range[1]
            assert crowd.y_range[0] <= everybody[user].y <= crowd.y_range[1]
