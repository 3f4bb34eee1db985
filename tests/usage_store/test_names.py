"""Users and volumes by number; on both engines."""

from usage_store.engine import Store
from usage_store.names import ids_of_users, ids_of_volumes


def test_a_name_keeps_its_number(store: Store) -> None:
    with store.writing() as connection:
        first = ids_of_users(connection, ["alice", "bob", "alice"])
        again = ids_of_users(connection, ["bob", "charlie"])
    assert first.keys() == {"alice", "bob"}
    assert again["bob"] == first["bob"]
    assert len({*first.values(), *again.values()}) == 3


def test_names_are_compared_whole_and_with_their_case(store: Store) -> None:
    with store.writing() as connection:
        ids = ids_of_users(connection, ["a_b", "a.b", "axb", "Alice", "alice", "ali"])
        volumes = ids_of_volumes(connection, ["local"])
    assert len(set(ids.values())) == 6
    assert volumes.keys() == {"local"}


def test_more_names_than_a_statement_takes(store: Store) -> None:
    with store.writing() as connection:
        ids = ids_of_users(connection, (f"user{n}" for n in range(10_500)))
        assert ids_of_users(connection, ids) == ids
