"""The questions about hosts, on both engines: the shared tables' answers, and what they do not show."""

import csv
from bisect import bisect_left
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.host_samples import (
    A_YEAR_LATER,
    GIB,
    NOON,
    host_info,
    host_usage,
    minutes,
    save,
    shared_records,
)
from tests.shared_data import expected_of
from usage_store.engine import Store
from usage_store.host_gaps import gaps, silences
from usage_store.host_memory import memory_by_bucket
from usage_store.hosts import (
    Span,
    all_hosts,
    hardware_history,
    hosts_by_hardware,
    span_of,
    usage_of_host,
)
from usage_store.paging import Window
from usermon.host_records import GpuUsage, MountSpace

ALL = Window(100_000)
HOUR = Span(NOON, NOON + 3600)


def local(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def rows_of(rows: Any, *names: str) -> list[list[Any]]:
    return [[local(row[name]) if name.endswith("timestamp") else row[name] for name in names] for row in rows]


def test_the_three_questions_about_the_shared_hosts_are_answered_as_expected(
    store: Store, shared_hosts: Path
) -> None:
    expected = expected_of(shared_hosts)
    save(store, shared_records(shared_hosts))
    with store.reading() as connection:
        span = span_of(connection, None, None, int(A_YEAR_LATER))
        hardware = hosts_by_hardware(connection, ALL)
        memory = memory_by_bucket(connection, span, ALL)
        gap_page = gaps(connection, span, 3, ALL)
        silent = silences(connection, span, 120, ALL)
        newest = all_hosts(connection, ALL)

    assert rows_of(hardware.rows, "cpu_number", "host_id", "total_mem") == expected["query1"]

    with (shared_hosts / "expected-query2.csv").open(encoding="utf-8", newline="") as file:
        query2 = [
            [int(host_id), name, bucket, float(used)]
            for host_id, name, bucket, used in list(csv.reader(file))[1:]
        ]
    found = rows_of(memory.rows, "host_id", "hostname", "rounded_timestamp", "avg_used_mem_percent")
    assert [[*row[:3], round(row[3], 10)] for row in found] == query2
    assert memory.total == expected["query2_rows"]

    shown = rows_of(gap_page.rows, "host_id", "hostname", "rounded_timestamp", "samples")
    assert [row for row in shown if row[3]] == expected["query3"]
    empty = [(row[1].split(".")[0], row[2][11:16]) for row in shown if not row[3]]
    assert empty == [("gpu-01", "04:00"), *(("calc-01", f"10:{minute}") for minute in range(10, 45, 5))]

    assert [
        {**row, "last_before": local(row["last_before"]), "next": local(row["next"])} for row in silent.rows
    ] == expected["silences_over_2_minutes"]

    columns = ("memory_free", "cpu_idle", "cpu_kernel", "disk_io", "disk_available")
    assert (
        sorted(rows_of(newest.rows, "host_id", "hostname", "timestamp", *columns))
        == expected["latest_per_host"]
    )


def test_memory_counts_against_the_hardware_of_its_time(store: Store) -> None:
    half_past = NOON + 1800
    save(
        store,
        [host_info(total_memory_bytes=16 * GIB), host_info(time=half_past, total_memory_bytes=32 * GIB)],
    )
    # The first sample is of a time before anything was known of the hardware.
    save(store, [host_usage(time=time) for time in (NOON - 600, NOON, half_past)])
    with store.reading() as connection:
        page = memory_by_bucket(connection, Span(NOON - 3600, NOON + 3600), ALL)
    assert [(row["rounded_timestamp"], row["avg_used_mem_percent"]) for row in page.rows] == [
        (NOON - 600, 50),
        (NOON, 50),
        (half_past, 75),
    ]


def test_both_means_of_used_memory_are_given(store: Store) -> None:
    save(store, [host_info(total_memory_bytes=3 * GIB)])
    save(store, [host_usage(memory_free_bytes=GIB), host_usage(time=NOON + 60, memory_free_bytes=2 * GIB)])
    with store.reading() as connection:
        [row] = memory_by_bucket(connection, HOUR, ALL).rows
    assert row["avg_used_mem_percent"] == (66 + 33) / 2
    assert round(row["avg_used_mem_percent_exact"], 9) == 50
    assert row["samples"] == 2


def test_a_bucket_without_any_sample_is_a_gap_from_the_first_sample_on(store: Store) -> None:
    save(store, minutes(30, start=NOON + 600, leave_out=(*range(5, 10), 16, 17, 18)))
    with store.reading() as connection:
        page = gaps(connection, HOUR, 3, ALL)
    assert [((row["rounded_timestamp"] - NOON) // 60, row["samples"]) for row in page.rows] == [
        (15, 0),
        (25, 2),
        *((minute, 0) for minute in range(40, 60, 5)),
    ]
    with store.reading() as connection:
        assert gaps(connection, HOUR, 3, Window(2, 1)).total == 6
        assert gaps(connection, Span(NOON, NOON), 3, ALL).rows == []


def test_a_silence_may_begin_before_the_span_and_last_beyond_it(store: Store) -> None:
    save(store, minutes(60, leave_out=tuple(range(20, 40))))
    with store.reading() as connection:
        page = silences(connection, Span(NOON + 1800, NOON + 7200), 120, ALL)
    assert [((row["last_before"] - NOON) // 60, row["minutes"]) for row in page.rows] == [(19, 21), (59, 61)]
    assert page.rows[1]["next"] is None


@pytest.mark.parametrize("longer_than", [0, 1, 59, 60, 61, 119, 120, 601, 3600, 86_400])
def test_silences_are_those_that_a_walk_through_all_samples_finds(store: Store, longer_than: int) -> None:
    """However the time is parted: samples at odd seconds, outages of one and of all, before and after."""
    chance = Random(5)
    span = Span(NOON - 600, NOON + 3 * 3600 + 77)
    samples = {}
    for host in ("calc-01", "calc-02", "calc-03"):
        moments = {NOON + 60 * n + chance.randrange(-9, 10) for n in range(-30, 300) if chance.random() < 0.9}
        quiet = range(NOON + 1000 * chance.randrange(8), NOON + 9000)
        samples[host] = sorted(moments - set(quiet) - set(range(NOON + 700, NOON + 2300)))
    save(store, [host_usage(host, moment) for host, moments in samples.items() for moment in moments])
    with store.reading() as connection:
        page = silences(connection, span, longer_than, ALL)
        cut = silences(connection, span, longer_than, Window(2, 1))
    walked = []
    for host, all_moments in samples.items():
        before = max(0, bisect_left(all_moments, span.start) - 1)
        known = all_moments[before : bisect_left(all_moments, span.end)]
        for last, following in zip(known, [*known[1:], None], strict=True):
            if (span.end if following is None else following) - last > longer_than:
                walked.append((host, last, following))
    assert [(row["hostname"], row["last_before"], row["next"]) for row in page.rows] == walked
    assert (cut.rows, cut.total) == (page.rows[1:3], len(walked))


def test_without_a_range_the_newest_week_is_meant_and_no_bucket_that_is_not_over(store: Store) -> None:
    save(store, minutes(8))
    week = 7 * 86_400
    with store.reading() as connection:
        assert span_of(connection, None, None, NOON + 86_400) == Span(NOON + 600 - week, NOON + 600)
        assert span_of(connection, None, None, NOON + 430) == Span(NOON + 300 - week, NOON + 300)
        assert span_of(connection, NOON + 10, NOON + 310, NOON + 3600) == Span(NOON, NOON + 600)
        assert span_of(connection, NOON, NOON + 9000, NOON + 3600) == Span(NOON, NOON + 3600)


def test_one_host_through_time_with_its_mounts_and_gpus(store: Store) -> None:
    spaces = (MountSpace("/", 100 * GIB), MountSpace("/scratch", None))
    gpu = GpuUsage(0, "Model G", 37.5, 3 * GIB, 40 * GIB)
    save(store, [host_usage(), host_usage(time=NOON + 60, load=1.25, mounts=spaces, gpus=(gpu,))])
    with store.reading() as connection:
        page = usage_of_host(connection, "calc-01", NOON, NOON + 61, ALL)
        later = usage_of_host(connection, "calc-01", NOON + 60, None, ALL)
    assert [row["timestamp"] for row in page.rows] == [NOON, NOON + 60]
    assert page.rows[0]["mounts"] == page.rows[0]["gpus"] == []
    last = page.rows[1]
    assert (last["memory_free"], last["cpu_idle"], last["disk_available"], last["load"]) == (
        8 * 1024,
        90.5,
        100 * 1024,
        1.25,
    )
    assert last["mounts"] == [
        {"mount": "/", "disk_available": 100 * 1024},
        {"mount": "/scratch", "disk_available": None},
    ]
    assert last["gpus"] == [
        {"number": 0, "name": "Model G", "busy": 37.5, "memory_used": 3 * 1024, "memory_total": 40 * 1024}
    ]
    assert later.rows == [last]


def test_hosts_are_listed_with_and_without_hardware_and_samples(store: Store) -> None:
    save(store, [host_info("b"), host_usage("a"), host_usage("a", NOON + 60), host_usage("a", NOON - 60)])
    with store.reading() as connection:
        rows = all_hosts(connection, ALL).rows
    assert [(row["hostname"], row["cpu_number"], row["timestamp"]) for row in rows] == [
        ("a", None, NOON + 60),
        ("b", 8, None),
    ]


def test_hardware_that_was_stays_and_says_until_when(store: Store) -> None:
    later = NOON + 86_400
    save(store, [host_info(), host_info(time=later, cpu_number=16), host_info("calc-02", time=later)])
    with store.reading() as connection:
        rows = hardware_history(connection, ALL).rows
        now = hosts_by_hardware(connection, ALL).rows
    assert [(row["hostname"], row["cpu_number"], row["since"], row["until"]) for row in rows] == [
        ("calc-01", 8, NOON, later),
        ("calc-01", 16, later, None),
        ("calc-02", 8, later, None),
    ]
    assert [(row["hostname"], row["cpu_number"], row["alike"]) for row in now] == [
        ("calc-02", 8, 1),
        ("calc-01", 16, 1),
    ]
