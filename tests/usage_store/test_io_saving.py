"""Saving I/O logs: whatever comes twice, in whatever order, counts once."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from collectors.parsers.io_log import parse
from tests.io_samples import HOUR, LARGE, NOW, ONE, SMALL, client, entry, session
from tests.shared_data import expected_of
from usage_store.engine import Store, open_store
from usage_store.io import (
    ALL_TIME,
    Span,
    io_machines_page,
    io_stats,
    io_users_page,
    size_distribution,
    usage_of_machine,
    usage_of_user,
    usage_through_time,
)
from usage_store.io_saving import save_io
from usage_store.metadata import metadata
from usage_store.paging import Window
from usage_store.revisions import current_revision
from usage_store.saved import Saved
from usage_store.schema import revisions, user_revisions, users
from usage_store.schema_io import (
    io_day_sizes,
    io_entries,
    io_machine_days,
    io_machine_sizes,
    io_machine_times,
    io_operations,
    io_pairs,
    io_sessions,
    io_user_days,
    io_user_sizes,
    io_user_times,
)
from usermon.io_records import IoEntry, IoSession

EVER = 100_000
AGAIN = Span(0, 2**40)  # all of it, walked through instead of summed up

ALICE, BOB = client("alice"), client("bob", "desk-7", "office", "student")


def save(store: Store, records: Sequence[IoEntry | IoSession], source: str = "io") -> Saved:
    with store.writing() as connection:
        return save_io(connection, source, records)


def answers(store: Store, span: Span = ALL_TIME) -> dict[str, object]:
    """All that can be asked."""
    with store.reading() as connection:
        users = io_users_page(connection, Window(EVER), span).rows
        machines = io_machines_page(connection, Window(EVER), span).rows
        return {
            "stats": io_stats(connection, span),
            "users": users,
            "machines": machines,
            "of users": [usage_of_user(connection, row["username"], span, EVER) for row in users],
            "of machines": [
                usage_of_machine(connection, row["machine_name"], row["machine_type"], span, EVER)
                for row in machines
            ],
            "time": usage_through_time(connection, span, EVER),
            "size": size_distribution(connection, span),
        }


def stats(store: Store) -> dict[str, object]:
    with store.reading() as connection:
        return dict(io_stats(connection))


def assert_sums_are_true(store: Store) -> None:
    """What was summed up while saving is what a walk through all operations gives."""
    assert answers(store) == answers(store, AGAIN)
    with store.reading() as connection:
        totals = {
            connection.execute(select(func.sum(column))).scalar() or 0
            for column in (
                io_operations.c["count"],
                io_user_sizes.c.total,
                io_machine_sizes.c.total,
                io_user_times.c.total,
                io_machine_times.c.total,
                io_pairs.c.total,
                io_sessions.c.total,
                io_user_days.c.total,
                io_machine_days.c.total,
                io_day_sizes.c.total,
                io_entries.c.total,
            )
        }
        assert len(totals) == 1
        rows = connection.execute(select(func.count()).select_from(io_operations)).scalar()
        assert rows == (connection.execute(select(func.sum(io_entries.c.operations))).scalar() or 0)


def test_the_shared_log_answers_as_expected(store: Store, shared_io: Path) -> None:
    expected = expected_of(shared_io)
    records: Sequence[IoEntry | IoSession] = parse((shared_io / "io-public.log").read_text(), now=NOW).records
    cut = next(
        n for n, (a, b) in enumerate(pairwise(times(records))) if len(set(times(records[: n + 2]))) > 60
    )
    save(store, records[: cut + 1])
    assert stats(store) == expected["get_database_stats_after_first_60_entries_only"]
    assert save(store, records).taken == len(records) - cut - 1
    assert save(store, records) == Saved(0, len(records), frozenset())
    for span in (ALL_TIME, AGAIN):
        with store.reading() as connection:
            assert io_stats(connection, span) == expected["get_database_stats"]
            assert io_users_page(connection, Window(EVER), span).rows == expected["get_all_users"]
            assert io_machines_page(connection, Window(EVER), span).rows == expected["get_all_machines"]
            for user, usage in expected["get_user_usage"].items():
                assert usage_of_user(connection, user, span, EVER) == usage
            for machine, usage in expected["get_machine_usage"].items():
                found = usage_of_machine(connection, machine, usage["machine_type"], span, EVER)
                assert found == usage
            assert usage_through_time(connection, span, EVER) == expected["get_time_usage"]
            assert size_distribution(connection, span) == expected["get_size_distribution"]


def times(records: Sequence[IoEntry | IoSession]) -> list[int]:
    return [r.time if isinstance(r, IoEntry) else r.entry.time for r in records]


def test_every_shared_tricky_log_is_kept_as_expected(store_url: str, shared_io: Path) -> None:
    store = open_store(store_url)
    for number, (name, told) in enumerate(expected_of(shared_io / "tricky")["files"].items()):
        text = (shared_io / "tricky" / name).read_bytes().decode("utf-8", "backslashreplace")
        before = stats(store)
        save(store, parse(text, now=NOW).records, f"source-{number}")
        after = stats(store)
        fields = ("log_count", "session_count", "operation_count", "total_operations")
        grown = {field: after[field] - before[field] for field in fields}  # type: ignore[operator]
        assert grown == {field: told["expected"][field] for field in fields}, name
    assert_sums_are_true(store)
    store.close()


def test_the_same_again_changes_nothing(store: Store) -> None:
    records: list[IoEntry | IoSession] = [session(), session(who=BOB), entry(ONE + HOUR)]
    assert save(store, records) == Saved(3, 0, frozenset({"alice", "bob"}))
    with store.reading() as connection:
        before = current_revision(connection, "io")
    everything = answers(store)
    assert save(store, records) == Saved(0, 3, frozenset())
    assert answers(store) == everything
    with store.reading() as connection:
        assert current_revision(connection, "io") == before


def test_an_entry_that_was_cut_is_completed(store: Store) -> None:
    whole = [session(rows={SMALL: 2, LARGE: 3}), session(who=BOB), session(ONE + HOUR)]
    save(store, [session(rows={SMALL: 2})])
    assert save(store, whole) == Saved(3, 0, frozenset({"alice", "bob"}))
    assert stats(store)["operation_count"] == 4
    assert_sums_are_true(store)


def test_what_is_missing_when_it_comes_again_stays(store: Store) -> None:
    save(store, [session(rows={SMALL: 2, LARGE: 3}), session(who=BOB)])
    assert save(store, [session(rows={SMALL: 2}), entry()]) == Saved(0, 2, frozenset())
    assert stats(store)["total_operations"] == 7


def test_of_two_counts_for_one_thing_the_later_one_stands(store: Store) -> None:
    save(store, [session(rows={SMALL: 2, LARGE: 3})])
    assert save(store, [session(rows={SMALL: 6, LARGE: 3})]) == Saved(1, 0, frozenset({"alice"}))
    assert save(store, [session(rows={SMALL: 7}), session(rows={SMALL: 5})]).taken == 1
    assert stats(store)["total_operations"] == 8
    assert_sums_are_true(store)


def test_two_ways_to_write_a_range_are_one_range(store: Store) -> None:
    save(store, [session(rows={"[4K, 8K)": 2, "[4096, 8192)": 3})])
    assert (stats(store)["operation_count"], stats(store)["total_operations"]) == (1, 3)


def test_a_machine_is_a_name_and_a_type(store: Store) -> None:
    save(store, [session(), session(who=client(machine_type="dept"))])
    with store.reading() as connection:
        assert [
            (row["machine_name"], row["machine_type"]) for row in io_machines_page(connection, Window(9)).rows
        ] == [("gpu08", "dept"), ("gpu08", "vela")]


def test_two_logs_with_entries_of_one_moment_are_two_logs(store: Store) -> None:
    save(store, [session()], "north")
    save(store, [session()], "south")
    assert stats(store)["log_count"] == 2
    assert stats(store)["total_operations"] == 4
    assert_sums_are_true(store)


@pytest.mark.parametrize("hours", [(0, 1), (1, 0)])
def test_the_newest_role_stands_in_whatever_order_entries_come(store: Store, hours: tuple[int, int]) -> None:
    roles = {0: "student", 1: "staff"}
    for hour in hours:
        save(store, [session(ONE + HOUR * hour, who=client(role=roles[hour]))])
    with store.reading() as connection:
        assert io_users_page(connection, Window(9)).rows[0]["user_role"] == "staff"


def test_the_hour_that_comes_twice_is_two_entries_at_one_local_time(store: Store) -> None:
    save(store, [session(1_761_436_805, ahead=2 * HOUR), session(1_761_440_405, ahead=HOUR)])
    with store.reading() as connection:
        series = usage_through_time(connection, ALL_TIME, EVER)["time_series"]
    assert [row["timestamp"] for row in series] == ["2025-10-26 02:00:05"] * 2


def test_a_range_of_time_is_without_its_end(store: Store) -> None:
    save(store, [session(ONE + hour * HOUR, {SMALL: 10**hour}) for hour in range(4)])
    found = answers(store, Span(ONE + HOUR, ONE + 3 * HOUR))
    assert found["stats"]["total_operations"] == 110  # type: ignore[index]
    assert found["of users"][0]["time_series"] == found["of machines"][0]["time_series"]  # type: ignore[index]
    assert [row["total_operations"] for row in found["time"]["time_series"]] == [10, 100]  # type: ignore[index]
    assert found["size"]["overall"][0]["total_operations"] == 110  # type: ignore[index]
    assert found["users"][0]["session_count"] == 2  # type: ignore[index]


def test_of_a_long_series_the_newest_are_given(store: Store) -> None:
    save(store, [session(ONE + hour * HOUR, {SMALL: hour}) for hour in range(5)])
    with store.reading() as connection:
        usage = usage_of_user(connection, "alice", ALL_TIME, 2)
        assert usage is not None
        assert [row["total_operations"] for row in usage["time_series"]] == [3, 4]
        assert len(usage_through_time(connection, ALL_TIME, 3)["time_series"]) == 3


def test_an_empty_store_answers_with_nothing(store: Store) -> None:
    assert answers(store)["users"] == []
    assert stats(store)["min_date"] is None
    assert save(store, []) == Saved(0, 0, frozenset())


def test_largest_counts_are_summed_up(store: Store) -> None:
    most = 10**12
    save(
        store,
        [session(ONE + n * HOUR, {f"[{2**k}, {2 ** (k + 1)})": most for k in range(20)}) for n in range(99)],
    )
    assert stats(store)["total_operations"] == most * 20 * 99
    assert_sums_are_true(store)


def in_memory() -> Store:
    """A store in memory with the tables that I/O needs: all of them take too long to make so often."""
    store = open_store("sqlite://", migrate=False)
    tables = [table for name, table in metadata.tables.items() if name.startswith("io_")]
    with store.writing() as connection:
        metadata.create_all(connection, [users, revisions, user_revisions, *tables])
    return store


some_sessions = st.lists(
    st.builds(
        lambda hour, who, rows: session(ONE + HOUR * hour, rows, who),
        st.integers(0, 2),
        st.sampled_from([ALICE, BOB, client("alice", "desk-7", "office"), client("bob", role=None)]),
        st.dictionaries(st.sampled_from([SMALL, LARGE, "[0]", "(..., 0)"]), st.integers(0, 9), max_size=4),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(some_sessions, min_size=1, max_size=4))
def test_however_a_log_is_cut_into_parts_it_comes_to_the_same(parts: list[list[IoSession]]) -> None:
    in_parts, at_once = in_memory(), in_memory()
    for part in parts:
        save(in_parts, part)
    everything = [record for part in parts for record in part]
    save(at_once, everything)
    assert_sums_are_true(in_parts)
    assert answers(in_parts) == answers(at_once)
    assert save(at_once, everything[:1]).taken <= 1
    for store in (in_parts, at_once):
        store.close()
