"""Saving hosts, on both engines: what is new, what is known, when hardware is another."""

from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.host_samples import GIB, MIB, NOON, host_info, host_usage, minutes, save
from usage_store.engine import Store
from usage_store.hosts import all_hosts, hardware_history, usage_of_host
from usage_store.paging import Window
from usage_store.revisions import current_revision
from usage_store.saved import Saved
from usermon.host_records import GpuUsage, HostInfo, HostUsage, MountSpace, check_host_info, check_host_usage

ALL = Window(100_000)
DAY = 86_400


def hardware(store: Store, host: str = "calc-01") -> list[tuple[int, int]]:
    """Since when how many CPUs."""
    with store.reading() as connection:
        rows = hardware_history(connection, ALL).rows
    return [(row["since"], row["cpu_number"]) for row in rows if row["hostname"] == host]


def revision(store: Store) -> int:
    with store.reading() as connection:
        return current_revision(connection, "hosts")


def test_the_same_records_again_change_nothing(store: Store) -> None:
    gpu = GpuUsage(0, "Model G", None, None, None)
    records: list[HostInfo | HostUsage] = [
        host_info(),
        *minutes(10),
        host_usage("b", mounts=(MountSpace("/", None),), gpus=(gpu,)),
    ]
    assert save(store, records) == Saved(12, 0)
    before = revision(store)
    assert save(store, records) == Saved(0, 12)
    assert revision(store) == before
    assert save(store, []) == Saved(0, 0)


def test_of_two_samples_for_one_moment_the_later_given_stands(store: Store) -> None:
    assert save(store, [host_usage(memory_free_bytes=GIB), host_usage(memory_free_bytes=2 * GIB)]) == Saved(
        1, 1
    )
    assert save(store, [host_usage(memory_free_bytes=3 * GIB)]) == Saved(1, 0)
    with store.reading() as connection:
        [row] = usage_of_host(connection, "calc-01", None, None, ALL).rows
    assert row["memory_free"] == 3 * 1024


def test_hosts_are_numbered_in_the_order_in_which_they_come(store: Store) -> None:
    save(store, [host_info("zeta"), host_info("alpha"), host_info("beta")])
    with store.reading() as connection:
        numbers = {row["hostname"]: row["host_id"] for row in all_hosts(connection, ALL).rows}
    assert sorted(numbers, key=lambda name: numbers[name]) == ["zeta", "alpha", "beta"]


def test_a_change_of_hardware_is_a_row_more_with_its_date(store: Store) -> None:
    save(store, [host_info(cpu_number=8)])
    assert save(store, [host_info(time=NOON + DAY, cpu_number=8)]) == Saved(0, 1)
    assert save(store, [host_info(time=NOON + 2 * DAY, cpu_number=16)]) == Saved(1, 0)
    assert save(store, [host_info(time=NOON + 3 * DAY, cpu_number=16)]) == Saved(0, 1)
    assert hardware(store) == [(NOON, 8), (NOON + 2 * DAY, 16)]


def test_hardware_that_comes_late_finds_its_place(store: Store) -> None:
    save(store, [host_info(time=NOON, cpu_number=8), host_info(time=NOON + 9 * DAY, cpu_number=16)])
    # It was so already earlier: the same row, with an earlier date.
    assert save(store, [host_info(time=NOON + 5 * DAY, cpu_number=16)]) == Saved(1, 0)
    assert hardware(store) == [(NOON, 8), (NOON + 5 * DAY, 16)]
    assert save(store, [host_info(time=NOON + 2 * DAY, cpu_number=4)]) == Saved(1, 0)
    assert hardware(store) == [(NOON, 8), (NOON + 2 * DAY, 4), (NOON + 5 * DAY, 16)]


def test_two_that_say_otherwise_of_one_moment_let_the_later_given_stand(store: Store) -> None:
    save(store, [host_info(cpu_number=8)])
    save(store, [host_info(cpu_number=16)])
    assert hardware(store) == [(NOON, 16)]


@pytest.mark.parametrize(
    "later",
    [
        host_info(time=NOON + DAY, total_memory_bytes=32 * GIB - 20 * MIB),
        host_info(time=NOON + DAY, cpu_mhz=None, l2_cache_bytes=None),
        host_info(time=NOON + DAY, cpu_mhz=2100.3),
    ],
    ids=["a kernel takes some MiB more", "not told this time", "a clock drifts"],
)
def test_what_is_no_change_of_hardware_is_none(store: Store, later: HostInfo) -> None:
    save(store, [host_info()])
    assert save(store, [later]) == Saved(0, 1)


hours = st.tuples(st.integers(0, 12), st.sampled_from([4, 8, 16]))
host_numbers = count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(hours, max_size=8, unique_by=lambda hour: hour[0]))
def test_in_whatever_order_it_is_told_hardware_is_what_the_newest_word_before_said(
    sqlite_store: Store, told: list[tuple[int, int]]
) -> None:
    host = f"host-{next(host_numbers)}"
    infos = [host_info(host, time=hour * 3600, cpu_number=cpus) for hour, cpus in told]
    save(sqlite_store, infos)
    found = hardware(sqlite_store, host)
    for hour, cpus in told:
        assert [number for since, number in found if since <= hour * 3600][-1] == cpus
    assert all(one[1] != other[1] for one, other in pairwise(found))
    assert save(sqlite_store, infos) == Saved(0, len(infos))


def test_what_no_host_is_or_does_is_refused() -> None:
    with pytest.raises(ValueError, match="hostname is no host's name"):
        check_host_info(host_info("../etc"))
    with pytest.raises(ValueError, match="cpu_number is less than 1"):
        check_host_info(host_info(cpu_number=0))
    with pytest.raises(ValueError, match="memory_free is negative"):
        check_host_usage(host_usage(memory_free_bytes=-1))
    with pytest.raises(ValueError, match="load is not a number"):
        check_host_usage(host_usage(load=float("nan")))
    with pytest.raises(ValueError, match="gpu busy is more than 100 percent"):
        check_host_usage(host_usage(gpus=(GpuUsage(0, "G", 101, None, None),)))
    with pytest.raises(ValueError, match="mount holds unprintable"):
        check_host_usage(host_usage(mounts=(MountSpace("/a\n", 1),)))
