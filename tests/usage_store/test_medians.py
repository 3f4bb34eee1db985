"""What is usual, from which nobody's numbers can be told; on both engines."""

from dataclasses import replace

import pytest

from tests.factories import usage
from tests.io_samples import ONE, SMALL, client, session
from tests.queue_samples import NOON, finished_job
from usage_store.engine import Store
from usage_store.io_saving import save_io
from usage_store.medians import cpu_median, io_median, rounded, storage_medians
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage

FIVE = ("alice", "bob", "charlie", "dunja", "emeka")
DAY = 86_400


def hold(store: Store, *gb: float, volume: str = "local") -> None:
    with store.writing() as connection:
        save_storage(
            connection,
            [usage(user, volume, gb=held, files=1234) for user, held in zip(FIVE, gb, strict=False)],
        )


def test_of_fewer_than_five_users_there_is_no_median(store: Store) -> None:
    hold(store, 1, 2, 3, 4)
    with store.reading() as connection:
        assert storage_medians(connection) == {}
        assert io_median(connection) is None
        assert cpu_median(connection) is None


def test_a_median_is_rounded_so_that_it_is_nobodys_own_number(store: Store) -> None:
    hold(store, 1, 2, 3_333, 4_000, 5_000)
    with store.reading() as connection:
        (median,) = storage_medians(connection).values()
    assert median.users == 5
    assert median.amounts == (3_300, 1_200)


def test_who_holds_nothing_does_not_count(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage(user, gb=0, files=0) for user in FIVE])
    with store.reading() as connection:
        assert storage_medians(connection) == {}


def test_operations_count_in_the_thirty_days_that_end_with_the_newest(store: Store) -> None:
    reads = [session(ONE, {SMALL: n}, client(user)) for n, user in enumerate(FIVE, start=1)]
    old = [session(ONE - 40 * DAY, {SMALL: 1_000}, client(user)) for user in (*FIVE, "farida")]
    with store.writing() as connection:
        save_io(connection, "reads", [*reads, *old])
    with store.reading() as connection:
        median = io_median(connection)
    assert median == (5, (3,))


def test_processor_hours_are_those_of_all_clusters_together(store: Store) -> None:
    ended = [finished_job(n, user=user) for n, user in enumerate(FIVE)]
    with store.writing() as connection:
        save_queues(connection, "cluster-a", ended)
        save_queues(connection, "cluster-b", ended)
        save_queues(connection, "cluster-b", [replace(finished_job(9, NOON - 90 * DAY), user="farida")])
    with store.reading() as connection:
        assert cpu_median(connection) == (5, (8,))


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (7, 7), (1234, 1200), (0.01234, 0.012), (99.6, 100)])
def test_two_digits_are_enough_to_compare_by(value: float, shown: float) -> None:
    assert rounded(value) == shown
