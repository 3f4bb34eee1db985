"""Counters that grow with every change; on both engines."""

from usage_store.engine import Store
from usage_store.revisions import current_revision, current_revisions, next_revision


def test_each_topic_counts_for_itself(store: Store) -> None:
    with store.writing() as connection:
        assert [next_revision(connection, "storage") for _ in range(3)] == [1, 2, 3]
        assert next_revision(connection, "dashboards") == 1
    with store.reading() as connection:
        assert current_revision(connection, "storage") == 3
        assert current_revision(connection, "collection") == 0
        assert current_revisions(connection) == {"storage": 3, "dashboards": 1}
