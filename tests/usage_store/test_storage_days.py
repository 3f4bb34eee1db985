"""What all users hold together, day by day: always the sums of the samples, however those came in."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.factories import NOON, usage, usages
from tests.usage_store.test_migrations import bring_to
from usage_store.engine import Store, open_store
from usage_store.schema import storage_latest
from usage_store.schema_rollups import storage_days
from usage_store.storage_days import VolumeDays, volume_days
from usage_store.storage_saving import save_storage
from usage_store.upkeep import keep_up
from usage_store.volume_growth import growth_a_second, samples_stopped
from usermon.records import StorageUsage
from usermon.retention import Retention
from usermon.units import GIB

DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)


def save(store: Store, *given: StorageUsage) -> None:
    with store.writing() as connection:
        save_storage(connection, given)


def days_of(store: Store, volume: str = "local") -> VolumeDays:
    with store.reading() as connection:
        return volume_days(connection)[volume]


def gb(days: VolumeDays) -> list[float]:
    return [used / GIB for used in days.used_bytes]


def as_the_samples_say(store: Store) -> list[tuple[int, ...]]:
    """The rows that the samples in the store give when all of them are walked through."""
    steps = (
        "SELECT volume_id, time / 86400 * 86400 AS day,"
        " CASE WHEN time / 86400 = MIN(time) OVER series / 86400 THEN 1 ELSE 0 END AS on_first,"
        " used_bytes - LAG(used_bytes, 1, CAST(0 AS BIGINT)) OVER series AS bytes_more,"
        " files - LAG(files, 1, CAST(0 AS BIGINT)) OVER series AS files_more,"
        " CASE WHEN ROW_NUMBER() OVER series = 1 THEN 1 ELSE 0 END AS is_first"
        " FROM storage_samples WINDOW series AS (PARTITION BY user_id, volume_id ORDER BY time)"
    )
    query = text(
        "SELECT volume_id, day, SUM(bytes_more), SUM(files_more), SUM(on_first * bytes_more),"
        f" SUM(on_first * files_more), SUM(is_first) FROM ({steps}) AS steps"
        " GROUP BY volume_id, day ORDER BY volume_id, day"
    )
    with store.reading() as connection:
        return [tuple(int(value) for value in row) for row in connection.execute(query) if any(row[2:])]


def as_kept(store: Store) -> list[tuple[int, ...]]:
    with store.reading() as connection:
        rows = connection.execute(select(storage_days).order_by(*storage_days.primary_key.columns))
        return [tuple(row) for row in rows if any(row[2:])]


def test_the_end_of_a_day_is_what_everybody_held_then(store: Store) -> None:
    save(
        store,
        usage("alice", time=NOON - 2 * DAY, gb=10, files=1),
        usage("bob", time=NOON - DAY, gb=5, files=2),
        usage("alice", time=NOON - timedelta(hours=1), gb=20, files=3),
        usage("alice", time=NOON, gb=30, files=4),
    )
    days = days_of(store)
    assert gb(days) == [10, 15, 35]
    assert days.files == [1, 3, 6]
    assert days.users == [1, 2, 2]
    midnight = int(MIDNIGHT.timestamp())
    assert days.time == [midnight - 86_400, midnight, int(NOON.timestamp())]


def test_who_is_not_measured_for_a_while_counts_with_what_was_known_last(store: Store) -> None:
    save(store, usage("alice", time=NOON - 20 * DAY, gb=10), usage("bob", time=NOON - 20 * DAY, gb=1))
    save(store, usage("bob", time=NOON - DAY, gb=2), usage("bob", time=NOON, gb=3))
    assert gb(days_of(store)) == [11, 12, 13]


def test_days_on_which_nothing_changed_reach_to_the_newest_sample(store: Store) -> None:
    days_back = [20, 19, 18, 3, 1, 0]
    save(store, *(usage("alice", time=NOON - back * DAY, gb=900) for back in days_back))
    days = days_of(store)
    assert (gb(days), days.users) == ([900, 900], [1, 1])
    assert days.time == [int((MIDNIGHT - 19 * DAY).timestamp()), int(NOON.timestamp())]
    now = NOON.timestamp() + 3600
    assert not samples_stopped(days, now)
    assert growth_a_second(days, now) == 0
    assert samples_stopped(days, now + 4 * 86_400)


def test_a_sample_that_was_corrected_counts_once(store: Store) -> None:
    save(store, usage("alice", gb=10))
    save(store, usage("alice", gb=12))
    assert gb(days_of(store)) == [12]
    assert days_of(store).users == [1]


@pytest.mark.parametrize("seed", range(6))
def test_samples_in_any_order_give_the_same_days(store: Store, seed: int) -> None:
    dice = random.Random(seed)
    given = [
        usage(user, volume, NOON - timedelta(hours=dice.randrange(90 * 24)), dice.randrange(100), hour)
        for user in ("alice", "bob", "charlie")
        for volume in ("local", "cryo")
        for hour in range(40)
    ]
    given += [usage(one.user, one.volume, one.time, dice.randrange(100), 7) for one in given[::9]]
    dice.shuffle(given)
    while given:
        part = dice.randrange(1, 40)
        save(store, *given[:part])
        given = given[part:]
    assert as_kept(store) == as_the_samples_say(store)
    with store.reading() as connection:
        newest = connection.execute(select(storage_latest.c.used_bytes)).scalars()
        assert sum(newest) == sum(row[2] for row in as_kept(store))


def test_a_users_old_file_read_late_changes_the_days_it_tells_of(store: Store) -> None:
    save(store, *usages("bob", start=NOON - 3 * DAY, count=4, every=DAY, gb=100))
    save(store, usage("alice", gb=50))
    assert gb(days_of(store)) == [100, 101, 102, 153]
    save(store, usage("alice", time=NOON - 2 * DAY, gb=30), usage("alice", time=NOON - DAY, gb=40))
    assert gb(days_of(store)) == [100, 131, 142, 153]
    assert days_of(store).users == [1, 2, 2, 2]


def test_days_stay_when_their_samples_go_and_are_not_counted_twice(store: Store) -> None:
    history = usages("alice", start=NOON - 9 * DAY, count=10, every=DAY, gb=100)
    save(store, *history)
    before = days_of(store)
    keep_up(store, Retention(storage=4 * 86_400), int(NOON.timestamp()))
    assert days_of(store) == before
    save(store, *history)  # the file is read again as a whole
    assert days_of(store) == before
    save(store, usage("alice", time=NOON - timedelta(days=8, hours=1), gb=7))
    assert days_of(store) == before


def test_a_month_ago_is_known_where_there_was_a_sample_about_then(store: Store) -> None:
    save(store, usage("alice", time=NOON - 31 * DAY, gb=10, files=1), usage("alice", gb=20, files=2))
    save(store, usage("bob", time=NOON - 90 * DAY, gb=10), usage("bob", gb=20))
    with store.reading() as connection:
        columns = (storage_latest.c.month_ago_bytes, storage_latest.c.month_ago_files)
        rows = connection.execute(select(*columns).order_by(storage_latest.c.user_id)).all()
    assert [tuple(row) for row in rows] == [(10 * GIB, 1), (None, None)]


def test_a_store_of_the_version_before_is_given_its_days(empty_store_url: str) -> None:
    store = open_store(empty_store_url, migrate=False)
    with store.writing() as connection:
        bring_to(connection, "0008")
        samples = [
            {"user": user, "time": int((NOON - timedelta(days=day)).timestamp()), "bytes": 1_000 - day}
            for user in (1, 2)
            for day in (75, 33, 31, 8, 1, 0)
        ]
        connection.execute(text("INSERT INTO users (id, name) VALUES (1, 'alice'), (2, 'bob')"))
        connection.execute(text("INSERT INTO volumes (id, name) VALUES (1, 'local')"))
        connection.execute(text("INSERT INTO storage_samples VALUES (:user, 1, :time, :bytes, 5)"), samples)
        connection.execute(
            text(
                "INSERT INTO storage_latest (user_id, volume_id, time, used_bytes, files, revision)"
                " VALUES (:user, 1, :time, :bytes, 5, 1)"
            ),
            [sample for sample in samples if sample["bytes"] == 1_000],
        )
    store.close()
    store = open_store(empty_store_url)
    days = days_of(store)
    assert (days.used_bytes, days.files, days.users) == (
        [1_850, 1_934, 1_938, 1_984, 1_998, 2_000],
        [10] * 6,
        [2] * 6,
    )
    assert as_kept(store) == as_the_samples_say(store)
    with store.reading() as connection:
        columns = (storage_latest.c.month_ago_bytes, storage_latest.c.first_time)
        first = int((NOON - timedelta(days=75)).timestamp())
        assert [tuple(row) for row in connection.execute(select(*columns))] == [(969, first)] * 2
    store.close()
