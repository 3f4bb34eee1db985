"""Whose published file is behind; on both engines."""

from tests.factories import usage
from usage_store.engine import Store
from usage_store.publications import Wanted, forget_published, note_published, users_to_publish
from usage_store.storage_saving import save_storage

NOW = 1_772_452_800


def due(store: Store, presentation: str = "plain", missing: tuple[str, ...] = ()) -> dict[str, int]:
    with store.reading() as connection:
        return users_to_publish(connection, Wanted("storage", presentation, missing))


def save(store: Store, *users: str, gb: float = 1, volume: str = "local") -> None:
    with store.writing() as connection:
        save_storage(connection, [usage(user, volume, gb=gb) for user in users])


def publish(store: Store, presentation: str = "plain") -> None:
    with store.writing() as connection:
        wanted = Wanted("storage", presentation)
        note_published(connection, "storage", users_to_publish(connection, wanted), presentation, NOW)


def test_everybody_with_data_is_due_until_published(store: Store) -> None:
    assert due(store) == {}
    save(store, "alice", "bob")
    assert due(store).keys() == {"alice", "bob"}
    publish(store)
    assert due(store) == {}


def test_a_change_on_either_volume_makes_a_user_due(store: Store) -> None:
    save(store, "alice", "bob")
    publish(store)
    save(store, "bob", gb=2, volume="cryo")
    assert due(store).keys() == {"bob"}
    save(store, "bob", gb=2, volume="cryo")
    publish(store)
    save(store, "bob", gb=2, volume="cryo")
    assert due(store) == {}


def test_another_presentation_makes_everybody_due(store: Store) -> None:
    save(store, "alice")
    publish(store)
    assert due(store, "other reference lines").keys() == {"alice"}


def test_who_lost_the_file_is_due_and_who_has_no_data_is_not(store: Store) -> None:
    save(store, "alice", "bob")
    publish(store)
    assert due(store, missing=("bob", "charlie")).keys() == {"bob"}


def test_a_forgotten_publication_is_due_again(store: Store) -> None:
    save(store, "alice", "bob")
    publish(store)
    with store.writing() as connection:
        forget_published(connection, ["alice"])
    assert due(store).keys() == {"alice"}


def test_data_that_came_while_publishing_stays_due(store: Store) -> None:
    save(store, "alice")
    being_published = due(store)
    save(store, "alice", gb=2)
    with store.writing() as connection:
        note_published(connection, "storage", being_published, "plain", NOW)
    assert due(store).keys() == {"alice"}
