"""Sums of days: by the clock of the log, and of what an older version saved too."""

from sqlalchemy import Connection, select, text

from tests.io_samples import HOUR, LARGE, ONE, SMALL, client, session
from tests.usage_store.test_migrations import bring_to
from usage_store.engine import Store, open_store
from usage_store.io_saving import save_io
from usage_store.schema_io import io_day_sizes, io_machine_days, io_pairs, io_sessions, io_user_days

DAY = 20_152  # 2025-03-05, whose first entry is at 01:00:11 there and 00:00:11 in UTC

# Of alice on two machines: 5 reads in the last hour of a day, 7 and 1 in the first of the next; by
# the UTC it is one day. Its tables are those of version 0010, which nobody changes any more.
SAVED_BY_AN_OLDER_VERSION = (
    "INSERT INTO users (id, name) VALUES (1, 'alice')",
    "INSERT INTO io_users (user_id, role, affiliation, time) VALUES (1, 'guest', 'vela', 1741215611)",
    "INSERT INTO io_machines (id, name, type) VALUES (1, 'gpu08', 'vela'), (2, 'gpu09', 'vela')",
    "INSERT INTO io_size_ranges (id, text, low, high) VALUES (1, '[4K, 8K)', 4096, 8192)",
    "INSERT INTO io_entries (id, source, time, local_time, sessions, operations, total, users, machines,"
    " newest_session) VALUES (1, 'io', 1741212011, 1741215611, 1, 1, 5, 1, 1, 1),"
    " (2, 'io', 1741215611, 1741219211, 2, 2, 8, 1, 2, 3)",
    "INSERT INTO io_sessions (entry_id, user_id, machine_id, number) VALUES (1, 1, 1, 1), (2, 1, 1, 2),"
    " (2, 1, 2, 3)",
    "INSERT INTO io_operations (session, range_id, count) VALUES (1, 1, 5), (2, 1, 7), (3, 1, 1)",
    "INSERT INTO io_pairs (user_id, machine_id, sessions) VALUES (1, 1, 2), (1, 2, 1)",
    "INSERT INTO io_user_times (user_id, time, local_time, total) VALUES (1, 1741212011, 1741215611, 5),"
    " (1, 1741215611, 1741219211, 8)",
    "INSERT INTO io_machine_times (machine_id, time, local_time, total) VALUES"
    " (1, 1741212011, 1741215611, 5), (1, 1741215611, 1741219211, 7), (2, 1741215611, 1741219211, 1)",
)


def days(connection: Connection) -> dict[str, list[tuple[int, ...]]]:
    tables = (io_user_days, io_machine_days, io_day_sizes)
    return {
        table.name: sorted(tuple(row) for row in connection.execute(select(table).order_by(table.c.day)))
        for table in tables
    }


def test_a_day_is_one_of_the_clock_on_the_wall(store: Store) -> None:
    last_hour = ONE + 22 * HOUR
    bob = client("bob", machine="desk-7")
    with store.writing() as connection:
        save_io(connection, "io", [session(ONE, {SMALL: 2, LARGE: 1}), session(last_hour, {SMALL: 5})])
        save_io(connection, "io", [session(last_hour + HOUR, {SMALL: 7}), session(last_hour, who=bob)])
        save_io(connection, "io", [session(last_hour, {SMALL: 6})])  # another count for what was saved
    with store.reading() as connection:
        found = days(connection)
        pairs = sorted(tuple(row) for row in connection.execute(select(io_pairs)))
    assert found["io_user_days"] == [(DAY, 1, 9), (DAY, 2, 2), (DAY + 1, 1, 7)]
    assert found["io_machine_days"] == [(DAY, 1, 9), (DAY, 2, 2), (DAY + 1, 1, 7)]
    assert sorted(total for day, _, total in found["io_day_sizes"] if day == DAY) == [1, 10]
    assert pairs == [(1, 1, 3, 16), (2, 2, 1, 2)]


def test_days_of_what_an_older_version_saved_are_summed_up(empty_store_url: str) -> None:
    store = open_store(empty_store_url, migrate=False)
    with store.writing() as connection:
        bring_to(connection, "0010")
        for statement in SAVED_BY_AN_OLDER_VERSION:
            connection.execute(text(statement))
    store.close()

    store = open_store(empty_store_url)

    with store.reading() as connection:
        assert days(connection) == {
            "io_user_days": [(DAY, 1, 5), (DAY + 1, 1, 8)],
            "io_machine_days": [(DAY, 1, 5), (DAY + 1, 1, 7), (DAY + 1, 2, 1)],
            "io_day_sizes": [(DAY, 1, 5), (DAY + 1, 1, 8)],
        }
        pairs = sorted(tuple(row) for row in connection.execute(select(io_pairs)))
        assert pairs == [(1, 1, 2, 12), (1, 2, 1, 1)]
        assert connection.execute(
            select(io_sessions.c.total).order_by(io_sessions.c.number)
        ).scalars().all() == [
            5,
            7,
            1,
        ]
    store.close()
