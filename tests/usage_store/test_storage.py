"""The questions that pages ask, on both engines."""

from dataclasses import replace
from datetime import timedelta

from tests.factories import NOON, usage, usages
from usage_store.engine import Store
from usage_store.storage import LatestUsage, latest_storage, storage_histories, volume_names
from usage_store.storage_saving import save_storage
from usermon.records import StorageUsage
from usermon.units import GIB

DAY = timedelta(days=1)


def save(store: Store, samples: list[StorageUsage]) -> None:
    with store.writing() as connection:
        save_storage(connection, samples)


def latest(store: Store, *users: str) -> list[LatestUsage]:
    with store.reading() as connection:
        return latest_storage(connection, users or None)


def test_an_empty_store_has_no_answers(store: Store) -> None:
    assert latest(store) == []
    with store.reading() as connection:
        assert storage_histories(connection, "alice") == {}
        assert volume_names(connection) == []


def test_the_newest_sample_of_everybody_on_each_volume(store: Store) -> None:
    save(store, usages("bob", "local", count=3) + usages("alice", "cryo") + [usage("alice", "local", gb=5)])
    assert [(row.user, row.volume, row.used_bytes) for row in latest(store)] == [
        ("alice", "cryo", 109 * GIB),
        ("alice", "local", 5 * GIB),
        ("bob", "local", 102 * GIB),
    ]
    with store.reading() as connection:
        assert volume_names(connection) == ["cryo", "local"]


def test_some_users_alone_may_be_asked_for(store: Store) -> None:
    save(store, [usage("alice"), usage("bob"), usage("charlie")])
    assert [row.user for row in latest(store, "bob", "nobody")] == ["bob"]


def test_a_week_ago_is_the_newest_sample_at_least_a_week_older(store: Store) -> None:
    save(
        store,
        [
            usage(time=NOON - 9 * DAY, gb=10, files=1),
            usage(time=NOON - 7 * DAY - timedelta(minutes=10), gb=20, files=2),
            usage(time=NOON - 7 * DAY + timedelta(minutes=10), gb=30, files=3),
            usage(time=NOON, gb=40, files=4),
        ],
    )
    (row,) = latest(store)
    assert (row.week_ago_bytes, row.week_ago_files) == (20 * GIB, 2)


def test_without_a_sample_that_old_the_week_before_is_not_known(store: Store) -> None:
    save(store, usages(count=10))
    (row,) = latest(store)
    assert (row.week_ago_bytes, row.week_ago_files) == (None, None)


def test_the_week_before_moves_on_and_takes_in_what_comes_late(store: Store) -> None:
    save(store, [usage(time=NOON, gb=1), usage(time=NOON + 6 * DAY, gb=2)])
    assert latest(store)[0].week_ago_bytes is None
    save(store, [usage(time=NOON + 8 * DAY, gb=3)])
    assert latest(store)[0].week_ago_bytes == 1 * GIB
    save(store, [usage(time=NOON + DAY, gb=99)])
    assert latest(store)[0].week_ago_bytes == 99 * GIB


def test_a_history_ascends_in_time(store: Store) -> None:
    save(store, [usage(time=NOON + DAY, gb=2, files=20), usage(time=NOON, gb=1, files=10)])
    with store.reading() as connection:
        history = storage_histories(connection, "alice")["local"]
    assert history.time == sorted(history.time)
    assert (history.used_bytes, history.files) == ([1 * GIB, 2 * GIB], [10, 20])


def test_the_largest_amounts_are_kept_exactly(store: Store) -> None:
    largest = StorageUsage("alice", "local", NOON, 2**63 - 1, 2**63 - 1, 2**63 - 1, 2**63 - 1, 1, 1)
    # Of two on one day, and of two on two days: more than a sum holds.
    save(store, [largest, replace(largest, user="bob")])
    save(
        store,
        [replace(largest, user="charlie"), replace(largest, user="dora", time=NOON + DAY)],
    )
    with store.reading() as connection:
        history = storage_histories(connection, "alice")["local"]
    assert (history.used_bytes, history.files) == ([2**63 - 1], [2**63 - 1])
    assert (history.soft_limit_bytes, history.hard_limit_bytes) == (2**63 - 1, 2**63 - 1)
