"""Names in pictures: they cover nothing, and what is too long stays told apart."""

from itertools import combinations

from overview.pictures.bubble_names import Bubble, Place, places
from overview.pictures.drawing import drawing
from overview.pictures.lettering import fitted, inches

WIDE, HIGH = 500.0, 200.0


def middle(bubble: Bubble, place: Place | None) -> tuple[float, float]:
    assert place is not None
    return bubble.x + place.right, bubble.y + place.up


def test_a_name_stands_beside_its_bubble_where_there_is_room() -> None:
    alone = Bubble(100, 100, 10)
    assert places([(alone, 40.0)], [alone], WIDE, HIGH) == [Place(100 + 10 + 2 + 20 - 100, 0, False)]


def test_a_bubble_within_a_larger_one_has_its_name_outside_of_both_and_a_line_to_it() -> None:
    small, large = Bubble(104, 100, 10), Bubble(100, 100, 26)
    (place,) = places([(small, 30.0)], [small, large], WIDE, HIGH)
    x, y = middle(small, place)
    assert place is not None
    assert place.is_far
    assert not (74 - 15 < x < 126 + 15 and 74 - 5 < y < 126 + 5)


def test_no_name_covers_another_nor_lies_in_another_ones_line() -> None:
    row = [Bubble(100 + 12 * number, 100, 5) for number in range(6)]
    found = places([(one, 60.0) for one in row], row, WIDE, HIGH)
    there = [middle(one, place) for one, place in zip(row, found, strict=True) if place is not None]
    assert len(there) >= 4
    for (x, y), (other_x, other_y) in combinations(there, 2):
        assert abs(x - other_x) >= 60 or abs(y - other_y) >= 11


def test_a_name_without_room_is_left_out() -> None:
    here = Bubble(50, 50, 5)
    assert places([(here, 30.0)], [here, Bubble(50, 50, 500)], WIDE, HIGH) == [None]


def test_what_is_too_long_loses_its_middle_and_a_volume_stays_in_sight() -> None:
    with drawing():
        assert fitted("alice · local", 2.0, 8) == "alice · local"
        short = [fitted(f"{'long' * 20}{user} · {volume}", 1.5, 8) for user in "ab" for volume in "xy"]
        assert len(set(short)) == 4
        assert all(inches(one, 8) <= 1.5 for one in short)
        assert fitted("W" * 1_000, 0.5, 8).count("…") == 1
