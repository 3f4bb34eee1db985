"""The ledger in the store, and in the labels of what runs."""

from orchestrator.ledger import forget_user, load_ledger, update_ledger
from orchestrator.runtimes import Role
from tests.orchestrator.specs import running_of, service, spec_of
from usage_store.dashboards import LedgerEntry, read_ledger
from usage_store.engine import Store


def stored(store: Store) -> dict[str, LedgerEntry]:
    with store.reading() as connection:
        return read_ledger(connection)


def test_ports_are_noted_with_the_lists_that_name_the_user(store: Store) -> None:
    update_ledger(store, {}, {"alice": 8100, "bob": 8101}, {"alice": "local+cryo", "bob": "cryo"})
    ledger = stored(store)
    assert {user: (e.port, e.listed, e.lists) for user, e in ledger.items()} == {
        "alice": (8100, True, "local+cryo"),
        "bob": (8101, True, "cryo"),
    }


def test_who_left_the_lists_keeps_the_entry(store: Store) -> None:
    update_ledger(store, {}, {"alice": 8100, "bob": 8101}, {"alice": "users", "bob": "users"})
    update_ledger(store, stored(store), {"bob": 8101}, {"bob": "users"})
    assert {user: (e.port, e.listed) for user, e in stored(store).items()} == {
        "alice": (8100, False),
        "bob": (8101, True),
    }


def test_the_day_of_the_first_dashboard_stays(store: Store) -> None:
    update_ledger(store, {}, {"alice": 8100}, {"alice": "users"})
    before = stored(store)["alice"].created_at
    update_ledger(store, stored(store), {"alice": 8100}, {"alice": "others"})
    assert stored(store)["alice"].created_at == before


def test_a_lost_store_is_made_anew_from_the_labels_of_what_runs(store: Store) -> None:
    running = [running_of(spec_of("alice", 8107)), running_of(spec_of("bob", 8103)), service(Role.OVERVIEW)]
    ledger = load_ledger(store, running)
    assert {user: entry.port for user, entry in ledger.items()} == {"alice": 8107, "bob": 8103}
    update_ledger(store, ledger, {"alice": 8107}, {"alice": "users"})
    assert {user: (e.port, e.listed) for user, e in stored(store).items()} == {
        "alice": (8107, True),
        "bob": (8103, False),
    }


def test_where_store_and_labels_differ_the_store_is_right(store: Store) -> None:
    update_ledger(store, {}, {"alice": 8100}, {"alice": "users"})
    ledger = load_ledger(store, [running_of(spec_of("alice", 8109)), running_of(spec_of("bob", 8100))])
    assert {user: entry.port for user, entry in ledger.items()} == {"alice": 8100}


def test_a_forgotten_users_port_is_free(store: Store) -> None:
    update_ledger(store, {}, {"alice": 8100, "bob": 8101}, {"alice": "users", "bob": "users"})
    forget_user(store, "alice")
    assert list(stored(store)) == ["bob"]
