"""What one user is shown of their own I/O; on both engines."""

from tests.io_samples import HOUR, LARGE, ONE, SMALL, client, session
from usage_store.engine import Store
from usage_store.io_saving import save_io
from usage_store.medians import newest_io_day
from usage_store.user_io import IoReach, UserIo, io_of_users
from usermon.io_records import IoSession

DAY = 86_400
# What the clock on the wall showed, an hour ahead, at the beginning of the hour.
ONE_LOCAL = (ONE + HOUR) // HOUR * HOUR


def seen(
    store: Store, *sessions: IoSession, user: str = "alice", hourly: int = 28, daily: int = 365
) -> UserIo:
    with store.writing() as connection:
        save_io(connection, "reads", sessions)
    with store.reading() as connection:
        return io_of_users(connection, [user], IoReach(newest_io_day(connection) or 0, hourly, daily))[user]


def test_somebody_who_never_read_has_nothing(store: Store) -> None:
    io = seen(store, session(), user="bob")
    assert (io.hours, io.sizes, io.machines, io.total, io.total_of_month) == ([], [], [], 0, 0)


def test_hours_are_summed_over_machines_and_are_those_of_the_wall(store: Store) -> None:
    there, elsewhere = session(rows={SMALL: 2}), session(rows={SMALL: 3}, who=client(machine="desk-7"))
    io = seen(store, there, elsewhere, session(who=client("bob"), rows={SMALL: 100}))
    assert io.hours == [(ONE_LOCAL, 5)]
    assert io.total == 5


def test_what_is_older_comes_by_the_day_and_the_oldest_not_at_all(store: Store) -> None:
    ages = (0, 10, 11, 400)
    sessions = [session(ONE - days * DAY, {SMALL: 1}) for days in ages]
    io = seen(store, *sessions, session(ONE - 10 * DAY + HOUR, {SMALL: 4}), hourly=7, daily=300)
    assert io.hours == [(ONE_LOCAL, 1)]
    days = ONE_LOCAL // DAY
    assert io.days == [((days - 11) * DAY, 1), ((days - 10) * DAY, 5)]
    assert io.total == 8


def test_a_month_ends_with_the_newest_entry_of_anybody(store: Store) -> None:
    old, new = session(ONE - 31 * DAY, {SMALL: 9}), session(ONE - 20 * DAY, {SMALL: 2})
    io = seen(store, old, new, session(ONE, who=client("bob")))
    assert io.total_of_month == 2


def test_sizes_come_smallest_first_and_machines_busiest_first(store: Store) -> None:
    few = session(rows={LARGE: 1, SMALL: 2})
    many = session(rows={LARGE: 7}, who=client(machine="desk-7", machine_type="office"))
    io = seen(store, few, many, session(ONE + HOUR, {SMALL: 1}))
    assert io.sizes == [(SMALL, 4096, 8192, 3), (LARGE, 2**20, 2**21, 8)]
    assert io.machines == [("desk-7", "office", 1, 7), ("gpu08", "vela", 2, 4)]


def test_of_several_users_each_has_their_own(store: Store) -> None:
    bob = session(ONE + HOUR, {LARGE: 4}, who=client("bob", machine="desk-7", machine_type="office"))
    with store.writing() as connection:
        save_io(connection, "reads", [session(rows={SMALL: 2}), bob])
    with store.reading() as connection:
        reach = IoReach(newest_io_day(connection) or 0, 28, 365)
        found = io_of_users(connection, ["alice", "bob", "charlie"], reach)
    assert [io.hours for io in found.values()] == [[(ONE_LOCAL, 2)], [(ONE_LOCAL + HOUR, 4)], []]
    assert [[one[0] for one in io.sizes] for io in found.values()] == [[SMALL], [LARGE], []]
    assert [[one[0] for one in io.machines] for io in found.values()] == [["gpu08"], ["desk-7"], []]
    assert [io.total_of_month for io in found.values()] == [2, 4, 0]
