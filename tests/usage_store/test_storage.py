"""Saving samples and asking for them, on both engines."""

from tests.factories import usage
from usage_store.engine import Store
from usage_store.storage import latest_storage, save_storage


def test_a_saved_sample_is_the_latest(store: Store) -> None:
    with store.writing() as connection:
        saved = save_storage(connection, [usage("alice", gb=120, files=1_200)])
    assert (saved.taken, saved.known) == (1, 0)
    with store.reading() as connection:
        (latest,) = latest_storage(connection)
    assert (latest.user, latest.volume, latest.files) == ("alice", "local", 1_200)
