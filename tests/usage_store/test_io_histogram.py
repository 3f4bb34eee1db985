"""Histograms of sizes: whatever ranges a log prints, an axis that people can read."""

from tests.io_samples import session
from usage_store.engine import Store
from usage_store.io_histogram import SizeBucket, sizes_of_all
from usage_store.io_ranges import io_range
from usage_store.io_saving import save_io


def histogram_of(store: Store, rows: dict[str, int]) -> list[SizeBucket]:
    with store.writing() as connection:
        save_io(connection, "io", [session(rows=rows)])
    with store.reading() as connection:
        span = io_range(connection, "all")
        assert span is not None
        return sizes_of_all(connection, span)


def test_powers_of_two_leave_no_gap_between_them(sqlite_store: Store) -> None:
    found = histogram_of(sqlite_store, {"[0]": 1, "[512, 1K)": 2, "[4K, 8K)": 3, "(..., 0)": 4})
    assert found == [
        SizeBucket(None, 0, 4),
        SizeBucket(0, 1, 1),
        SizeBucket(512, 1024, 2),
        SizeBucket(1024, 2048, 0),
        SizeBucket(2048, 4096, 0),
        SizeBucket(4096, 8192, 3),
    ]


def test_ranges_of_another_kind_are_shown_as_they_are(sqlite_store: Store) -> None:
    found = histogram_of(sqlite_store, {"[0, 100)": 1, "[100, 200)": 2, "[1K, ...)": 3})
    assert [(bucket.low, bucket.high) for bucket in found] == [(0, 100), (100, 200), (1024, None)]


def test_hundreds_of_equal_steps_become_powers_of_two(sqlite_store: Store) -> None:
    rows = {f"[{n * 100}, {(n + 1) * 100})": 1 for n in range(300)} | {"[1M, ...)": 5}
    found = histogram_of(sqlite_store, rows)
    assert sum(bucket.total for bucket in found) == 305
    assert SizeBucket(0, 100, 1) in found
    assert SizeBucket(128, 256, 1) in found  # the one that begins at 200
    assert found[-1] == SizeBucket(1 << 20, 2 << 20, 5)
    lows = [bucket.low for bucket in found if bucket.low]
    assert lows == [1 << bits for bits in range(6, 21)]
