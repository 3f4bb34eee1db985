"""Logs of I/O: how new each is, and its rhythm."""

from tests.io_samples import HOUR, ONE, session
from usage_store.engine import Store
from usage_store.io_saving import save_io
from usage_store.io_sources import IoSource, io_sources


def test_each_log_has_its_newest_entry_and_its_rhythm(store: Store) -> None:
    with store.writing() as connection:
        # An hour is missing, which changes no rhythm.
        save_io(connection, "north", [session(ONE + n * HOUR) for n in range(40) if n != 20])
        save_io(connection, "south", [session(ONE + HOUR)])
    with store.reading() as connection:
        assert io_sources(connection) == [
            IoSource("south", ONE + HOUR, None),
            IoSource("north", ONE + 39 * HOUR, HOUR),
        ]
