"""The ledger, and what was seen running; on both engines."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import dashboard_state, ledger_entry, usage
from usage_store.dashboards import (
    dashboard_views,
    forget_dashboards,
    read_ledger,
    read_states,
    save_ledger,
    save_states,
)
from usage_store.engine import Store
from usage_store.revisions import current_revision
from usage_store.storage import latest_storage
from usage_store.storage_saving import save_storage


def test_the_ledger_comes_back_in_order_of_ports(store: Store) -> None:
    entries = [ledger_entry("bob", 8101), ledger_entry("alice", 8100, listed=False, lists="cryo")]
    with store.writing() as connection:
        save_ledger(connection, entries)
    with store.reading() as connection:
        assert list(read_ledger(connection).values()) == [entries[1], entries[0]]
        assert current_revision(connection, "dashboards") == 1


def test_entries_that_are_not_given_stay(store: Store) -> None:
    with store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("bob", 8101)])
        save_ledger(connection, [ledger_entry("bob", 8101, listed=False)])
        save_ledger(connection, [])
        assert [(e.user, e.listed) for e in read_ledger(connection).values()] == [
            ("alice", True),
            ("bob", False),
        ]


def test_two_users_may_exchange_ports(store: Store) -> None:
    with store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("bob", 8101)])
        save_ledger(connection, [ledger_entry("alice", 8101), ledger_entry("bob", 8100)])
        assert {user: entry.port for user, entry in read_ledger(connection).items()} == {
            "alice": 8101,
            "bob": 8100,
        }


def test_no_two_users_get_one_port(store: Store) -> None:
    def give_both_one_port() -> None:
        with store.writing() as connection:
            save_ledger(connection, [ledger_entry("alice", 8100)])
            save_ledger(connection, [ledger_entry("bob", 8100)])

    with pytest.raises(IntegrityError):
        give_both_one_port()


def test_forgetting_a_dashboard_keeps_what_was_measured(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice")])
        save_ledger(connection, [ledger_entry("alice")])
        save_states(connection, [dashboard_state("alice")])
        forget_dashboards(connection, ["alice", "nobody"])
    with store.reading() as connection:
        assert read_ledger(connection) == {}
        assert read_states(connection) == {}
        assert [row.user for row in latest_storage(connection)] == ["alice"]


def test_states_are_noted_and_changed(store: Store) -> None:
    failed = dashboard_state("alice", state="failed", error="exit code 1")
    with store.writing() as connection:
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob")])
        save_states(connection, [failed])
    with store.reading() as connection:
        assert read_states(connection) == {"alice": failed, "bob": dashboard_state("bob")}


def test_states_of_those_who_are_not_given_can_be_dropped(store: Store) -> None:
    with store.writing() as connection:
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob")])
        save_states(connection, [dashboard_state("bob")], only=True)
        assert read_states(connection).keys() == {"bob"}
        save_states(connection, [], only=True)
        assert read_states(connection) == {}


def test_a_view_joins_ledger_and_state_of_everybody(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("charlie")])  # has data, and no dashboard
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("bob", 8101)])
        save_states(connection, [dashboard_state("bob"), dashboard_state("dunja")])
    with store.reading() as connection:
        views = dashboard_views(connection)
    assert [(v.user, v.port, v.listed, v.state) for v in views] == [
        ("alice", 8100, True, None),
        ("bob", 8101, True, "ready"),
        ("dunja", None, False, "ready"),
    ]
