"""I/O through time, of all and of the heaviest: whatever the step, the parts are the whole."""

from collections import Counter
from random import Random

import pytest

from tests.io_samples import HOUR, LARGE, ONE, SMALL, client, session
from usage_store.engine import Store
from usage_store.io_histogram import sizes_of_all
from usage_store.io_one import find_machine, find_user, first_and_newest, rank_of, sizes_and_partners
from usage_store.io_owners import MACHINES, USERS, Owners, machine_labels, machines_about, totals_of
from usage_store.io_ranges import RANGE_NAMES, IoRange, RangeName, clocks_ahead, io_range
from usage_store.io_saving import save_io
from usage_store.io_series import (
    GROUPINGS,
    entries_by_step,
    groups_through_time,
    in_order,
    owner_by_step,
)
from usage_store.io_week import week_pattern
from usermon.io_records import IoSession

DAYS = 24 * HOUR
# From a year back to the last hours, by the hours since ONE.
HOURS = (0, 1, 1500, 4000, 8000, 8500, 8700, 8740, 8758, 8759)


def facility() -> list[IoSession]:
    """Ten users of three roles on three machines, two of one name, in ten hours of a year."""
    dice = Random(1)
    machines = (("gpu08", "vela"), ("gpu08", "dept"), ("desk-7", "dept"))
    found = []
    for hour in HOURS:
        for number in range(10):
            if dice.random() < 0.7:
                role = ("staff", "guest", None)[number % 3]
                who = client(f"user{number}", *dice.choice(machines), role, f"group-{number % 2}")
                found.append(session(ONE + hour * HOUR, {SMALL: dice.randrange(99), LARGE: number}, who))
    return found


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writing() as connection:
        save_io(connection, "io", facility())
    return store


def within(span: IoRange, sessions: list[IoSession]) -> list[IoSession]:
    """By hand what a range holds."""
    first_day = span.first_day * 86_400 if span.in_whole_days else 0
    return [one for one in sessions if one.entry.time >= span.start and one.entry.time + HOUR >= first_day]


@pytest.mark.parametrize("name", RANGE_NAMES)
def test_in_every_range_the_parts_are_the_whole(filled: Store, name: RangeName) -> None:
    with filled.reading() as connection:
        span = io_range(connection, name)
        assert span is not None
        here = within(span, facility())
        all_reads = sum(sum(one.counts) for one in here)
        logged = entries_by_step(connection, span)
        assert sum(logged.values()) == all_reads
        assert logged.keys() <= set(span.steps())
        for by in GROUPINGS:
            groups = groups_through_time(connection, by, span, logged)
            parts = [*groups.shown, *([groups.others] if groups.others else [])]
            together = [
                None if values[0] is None else sum(value or 0 for value in values)
                for values in zip(*(part.values for part in parts), strict=True)
            ]
            assert together == in_order(span, logged, logged), by
            assert sum(part.total for part in parts) == all_reads
            totals = [group.total for group in groups.shown]
            assert totals == sorted(totals, reverse=True)
        sizes = {bucket.low: bucket.total for bucket in sizes_of_all(connection, span) if bucket.total}
        assert sum(sizes.values()) == all_reads
        assert sizes[1 << 20] == sum(one.counts[1] for one in here)
        pattern = week_pattern(connection, span)
        assert sum(pattern.totals) == all_reads
        assert sum(pattern.hours) == len({one.entry.time for one in here})


@pytest.mark.parametrize("name", RANGE_NAMES)
@pytest.mark.parametrize("owners", [USERS, MACHINES])
def test_of_one_the_same_is_told_as_of_all(filled: Store, owners: Owners, name: RangeName) -> None:
    with filled.reading() as connection:
        span = io_range(connection, name)
        found = (
            find_user(connection, "user3") if owners is USERS else find_machine(connection, "dept", "gpu08")
        )
        assert span is not None
        assert found is not None
        number, about = found
        mine = [
            one
            for one in facility()
            if about.name in (one.client.user, one.client.machine)
            and (owners is USERS or one.client.machine_type == "dept")
        ]
        here = within(span, mine)
        reads = sum(sum(one.counts) for one in here)
        totals = totals_of(connection, owners, span)
        assert totals[number] == reads
        assert rank_of(totals, number) == 1 + sum(1 for other in totals.values() if other > reads)
        assert sum(owner_by_step(connection, owners, number, span).values()) == reads
        sizes, partners = sizes_and_partners(connection, owners, number, span)
        assert sum(bucket.total for bucket in sizes) == reads
        expected: Counter[str] = Counter()
        for one in here:
            name_of = one.client.machine + one.client.machine_type if owners is USERS else one.client.user
            expected[name_of] += sum(one.counts)
        assert {(one.about.name + getattr(one.about, "type", "")): one.total for one in partners} == dict(
            expected
        )
        assert sum(one.sessions for one in partners) == len(here)
        ends = first_and_newest(connection, owners, number)
        assert ends == (mine[0].entry.time, mine[-1].entry.time)
        pattern = week_pattern(connection, span, owners, number)
        assert sum(pattern.totals) == reads
        assert pattern.hours == week_pattern(connection, span).hours


def test_of_many_the_seven_heaviest_are_shown_and_all_others_together(filled: Store) -> None:
    with filled.reading() as connection:
        span = io_range(connection, "all")
        assert span is not None
        logged = entries_by_step(connection, span)
        groups = groups_through_time(connection, "user", span, logged)
        assert (len(groups.shown), groups.count) == (7, 3)
        roles = groups_through_time(connection, "role", span, logged)
        assert {group.name for group in roles.shown} == {"staff", "guest", "none"}
        assert (roles.others, roles.count) == (None, 0)
        machines = groups_through_time(connection, "machine", span, logged)
        assert {group.name for group in machines.shown} == {"gpu08 (vela)", "gpu08 (dept)", "desk-7"}
        assert sorted(machine_labels(machines_about(connection)).values()) == sorted(
            group.name for group in machines.shown
        )


def test_a_step_without_an_entry_is_a_gap_and_one_without_a_user_is_nothing(sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(ONE), session(ONE + 2 * HOUR, who=client("bob"))])
    with sqlite_store.reading() as connection:
        span = io_range(connection, "all")
        assert span is not None
        logged = entries_by_step(connection, span)
        groups = groups_through_time(connection, "user", span, logged)
        assert {group.name: group.values for group in groups.shown} == {
            "alice": [2, None, 0],
            "bob": [0, None, 2],
        }


def test_an_hour_of_the_week_is_one_of_the_clock_on_the_wall(sqlite_store: Store) -> None:
    """ONE is a Wednesday, 01:00:11 there; a week later the same hour comes again, in two logs."""
    again = ONE + 7 * DAYS
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(ONE, {SMALL: 4}), session(again, {SMALL: 5})])
        save_io(connection, "other", [session(again, {SMALL: 1})])
    with sqlite_store.reading() as connection:
        span = io_range(connection, "all")
        assert span is not None
        pattern = week_pattern(connection, span)
        wednesday_one = 2 * 24 + 1
        assert {at: total for at, total in enumerate(pattern.totals) if total} == {wednesday_one: 10}
        assert {at: hours for at, hours in enumerate(pattern.hours) if hours} == {wednesday_one: 2}


def test_the_hour_that_comes_twice_when_summer_time_ends_is_two(sqlite_store: Store) -> None:
    """2025-10-26, 02:00 by the clock on the wall: at UTC+2, and an hour later at UTC+1."""
    twice = [session(1_761_436_805, {SMALL: 1_000}, ahead=2 * HOUR), session(1_761_440_405, {SMALL: 1_000})]
    with sqlite_store.writing() as connection:
        save_io(connection, "io", twice)
        save_io(connection, "other", twice[1:])
    with sqlite_store.reading() as connection:
        span = io_range(connection, "7d")
        assert span is not None
        pattern = week_pattern(connection, span)
        sunday_two = 6 * 24 + 2
        assert (pattern.totals[sunday_two], pattern.hours[sunday_two]) == (3_000, 2)
        assert clocks_ahead(connection, span) == [2 * HOUR, HOUR]
