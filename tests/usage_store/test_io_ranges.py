"""Ranges of the I/O logs end with the newest entry; their days are those of the clock on the wall."""

from tests.io_samples import HOUR, ONE, session
from usage_store.engine import Store
from usage_store.io_ranges import IoRange, RangeName, clock_ahead, io_range, monday_of
from usage_store.io_saving import save_io

DAY = 20_152  # 2025-03-05, a Wednesday; ONE is 01:00:11 there, 00:00:11 in UTC
DAYS = 24 * HOUR


def ranges(store: Store) -> dict[RangeName, IoRange]:
    names: tuple[RangeName, ...] = ("24h", "7d", "30d", "all")
    with store.reading() as connection:
        found = {name: io_range(connection, name) for name in names}
    return {name: span for name, span in found.items() if span is not None}


def save_at(store: Store, *times: int) -> None:
    with store.writing() as connection:
        save_io(connection, "io", [session(time) for time in times])


def test_without_an_entry_there_is_no_range(sqlite_store: Store) -> None:
    assert ranges(sqlite_store) == {}


def test_ranges_end_with_the_newest_entry(store: Store) -> None:
    save_at(store, ONE, ONE + 199 * DAYS)
    found = ranges(store)
    last_hour = ONE + 199 * DAYS - 11
    assert (found["24h"].start, found["24h"].last_hour) == (last_hour - 23 * HOUR, last_hour)
    assert len(found["24h"].steps()) == 24
    # From midnight on by the clock there: it shows one now.
    assert found["7d"].start == last_hour - 6 * DAYS - HOUR
    assert (found["7d"].step, len(found["7d"].steps())) == ("hour", 6 * 24 + 2)
    assert (found["30d"].step, found["30d"].steps()) == ("day", list(range(DAY + 170, DAY + 200)))
    assert (found["all"].step, found["all"].steps()[0]) == ("week", monday_of(DAY))
    assert all((span.first, span.newest) == (ONE, ONE + 199 * DAYS) for span in found.values())


def test_a_young_log_is_told_by_the_hour_and_begins_with_its_first_entry(sqlite_store: Store) -> None:
    save_at(sqlite_store, ONE, ONE + 26 * HOUR)
    found = ranges(sqlite_store)
    assert {span.step for span in found.values()} == {"hour"}
    assert found["7d"].steps() == found["all"].steps() == list(range(ONE - 11, ONE + 27 * HOUR - 11, HOUR))


def test_a_week_begins_on_monday() -> None:
    assert [monday_of(DAY + n) - DAY for n in range(-3, 6)] == [-9, -2, -2, -2, -2, -2, -2, -2, 5]


def test_the_clock_on_the_wall_is_that_of_the_newest_entry(sqlite_store: Store) -> None:
    save_at(sqlite_store, ONE)
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(ONE + HOUR, ahead=-9 * HOUR // 2 - 3)])
    with sqlite_store.reading() as connection:
        assert clock_ahead(connection) == -9 * HOUR // 2
