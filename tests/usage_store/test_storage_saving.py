"""Saving samples, on both engines: what is taken, what is known, what thins out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import NOON, usage, usages
from usage_store.engine import Store, open_store
from usage_store.revisions import current_revision
from usage_store.saved import Saved
from usage_store.storage import latest_storage, storage_histories
from usage_store.storage_saving import save_storage
from usermon.records import StorageUsage
from usermon.units import GIB

HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


def save(store: Store, samples: list[StorageUsage]) -> Saved:
    with store.writing() as connection:
        return save_storage(connection, samples)


def times(store: Store, user: str = "alice", volume: str = "local") -> list[datetime]:
    with store.reading() as connection:
        histories = storage_histories(connection, user)
    return [datetime.fromtimestamp(t, UTC) for t in histories[volume].time]


def revision(store: Store) -> int:
    with store.reading() as connection:
        return current_revision(connection, "storage")


def test_new_samples_are_taken(store: Store) -> None:
    saved = save(store, usages("alice", count=10) + usages("bob", count=5))
    assert saved == Saved(taken=15, known=0, users=frozenset({"alice", "bob"}))
    assert len(times(store, "alice")) == 10


def test_the_same_samples_again_change_nothing(store: Store) -> None:
    save(store, usages(count=10))
    before = revision(store)
    assert save(store, usages(count=10)) == Saved(taken=0, known=10, users=frozenset())
    assert revision(store) == before
    assert len(times(store)) == 10


def test_appended_samples_are_taken_and_the_rest_is_known(store: Store) -> None:
    save(store, usages(count=10))
    assert save(store, usages(count=12)) == Saved(taken=2, known=10, users=frozenset({"alice"}))


def test_of_two_samples_for_one_moment_the_later_given_stands(store: Store) -> None:
    saved = save(store, [usage(gb=100), usage(gb=130)])
    assert (saved.taken, saved.known) == (1, 1)
    with store.reading() as connection:
        assert [row.used_bytes for row in latest_storage(connection)] == [130 * GIB]


def test_a_corrected_sample_replaces_the_old_one(store: Store) -> None:
    save(store, usages(count=3, gb=100))
    assert save(store, [usage(time=NOON + 2 * HALF_HOUR, gb=555)]).taken == 1
    with store.reading() as connection:
        assert storage_histories(connection, "alice")["local"].used_bytes[-1] == 555 * GIB
        assert latest_storage(connection)[0].used_bytes == 555 * GIB


def test_a_sample_that_comes_late_changes_the_history_and_not_what_stands_now(store: Store) -> None:
    save(store, [usage(time=NOON, gb=100)])
    before = revision(store)
    saved = save(store, [usage(time=NOON - HALF_HOUR, gb=90)])
    assert saved == Saved(taken=1, known=0, users=frozenset({"alice"}))
    assert times(store) == [NOON - HALF_HOUR, NOON]
    assert revision(store) > before
    with store.reading() as connection:
        assert latest_storage(connection)[0].used_bytes == 100 * GIB


def test_a_changed_limit_alone_is_noticed(store: Store) -> None:
    save(store, [usage(soft_limit_bytes=None)])
    assert save(store, [usage(soft_limit_bytes=5 * GIB)]) == Saved(0, 1, frozenset({"alice"}))
    with store.reading() as connection:
        assert storage_histories(connection, "alice")["local"].soft_limit_bytes == 5 * GIB


def test_limits_and_graces_of_the_newest_sample_stand(store: Store) -> None:
    limited = replace(
        usage(soft_limit_bytes=GIB, hard_limit_bytes=2 * GIB),
        soft_limit_files=10,
        hard_limit_files=20,
        bytes_grace="6 days",
        files_grace="expired",
    )
    save(store, [limited])
    before = revision(store)
    assert save(store, [limited]) == Saved(0, 1, frozenset())
    assert revision(store) == before
    # A grace that ran on is news, though nobody holds more or less.
    assert save(store, [replace(limited, bytes_grace="5 days")]) == Saved(0, 1, frozenset({"alice"}))
    assert revision(store) > before
    save(store, [replace(limited, time=NOON - HALF_HOUR, bytes_grace="7 days", hard_limit_files=None)])
    with store.reading() as connection:
        history = storage_histories(connection, "alice")["local"]
    assert (history.bytes_grace, history.files_grace) == ("5 days", "expired")
    assert (history.soft_limit_files, history.hard_limit_files) == (10, 20)


def test_the_two_volumes_of_a_user_are_kept_apart(store: Store) -> None:
    save(store, [usage(volume="local", gb=1), usage(volume="cryo", gb=2)])
    with store.reading() as connection:
        histories = storage_histories(connection, "alice")
    assert {volume: history.used_bytes for volume, history in histories.items()} == {
        "local": [1 * GIB],
        "cryo": [2 * GIB],
    }


def test_nothing_to_save_is_fine(store: Store) -> None:
    assert save(store, []) == Saved(0, 0, frozenset())


def test_a_year_keeps_its_last_35_days_whole_and_one_sample_of_each_day_before(store: Store) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    year = usages(start=start, count=365 * 48)
    assert save(store, year) == Saved(365 * 48, 0, frozenset({"alice"}))
    newest = year[-1].time
    horizon = (newest - 35 * DAY).replace(hour=0, minute=0)
    kept = times(store)
    assert [t for t in kept if t >= horizon] == [u.time for u in year if u.time >= horizon]
    old = [t for t in kept if t < horizon]
    assert old == [u.time for u in year if u.time < horizon and (u.time.hour, u.time.minute) == (23, 30)]


def test_a_thinned_file_read_again_is_known_and_changes_nothing(store: Store) -> None:
    year = usages(start=datetime(2025, 3, 1, tzinfo=UTC), count=200 * 48)
    save(store, year)
    kept, before = times(store), revision(store)
    assert save(store, year) == Saved(0, len(year), frozenset())
    assert times(store) == kept
    assert revision(store) == before


def test_a_late_sample_of_a_thinned_day_stands_only_when_it_is_the_days_last(store: Store) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    save(store, usages(start=start, count=100 * 48, every=HALF_HOUR))
    earlier = start + DAY + timedelta(hours=3, minutes=7)
    last = start + DAY + timedelta(hours=23, minutes=45)
    assert save(store, [usage(time=earlier), usage(time=last)]).taken == 1
    of_that_day = [t for t in times(store) if t.date() == last.date()]
    assert of_that_day == [last]


def test_history_thins_out_as_time_goes_on(store: Store) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    samples = usages(start=start, count=60 * 48)
    for day in range(0, 60):
        save(store, samples[day * 48 : (day + 1) * 48])
    in_steps = times(store)
    horizon = (samples[-1].time - 35 * DAY).replace(hour=0, minute=0)
    assert len([t for t in in_steps if t < horizon]) == (horizon - start).days
    assert len([t for t in in_steps if t >= horizon]) == len([s for s in samples if s.time >= horizon])


minutes = st.integers(min_value=0, max_value=90 * 24 * 60)
batches = st.lists(st.lists(minutes, max_size=12), min_size=1, max_size=5)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches)
def test_in_whatever_order_samples_come_the_last_of_each_day_and_all_new_ones_stay(
    batches: list[list[int]],
) -> None:
    memory = open_store("sqlite://")
    start = datetime(2025, 3, 1, tzinfo=UTC)
    given_times = [[start + timedelta(minutes=m) for m in batch] for batch in batches]
    for batch in given_times:
        save(memory, [usage(time=t) for t in batch])
    everything = sorted({t for batch in given_times for t in batch})
    if everything:
        kept = times(memory)
        horizon = (everything[-1] - 35 * DAY).replace(hour=0, minute=0)
        last_of_day = {t.date(): t for t in everything}
        expected = [t for t in everything if t >= horizon or last_of_day[t.date()] == t]
        assert kept == expected
        for batch in given_times:
            assert save(memory, [usage(time=t) for t in batch]).taken == 0
    memory.close()
