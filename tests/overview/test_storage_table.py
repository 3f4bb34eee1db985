from overview.storage_table import StorageTable, UserRow, storage_table
from tests.factories import dashboard_state, ledger_entry, usage, usages
from usage_store.dashboards import dashboard_views, save_ledger, save_states
from usage_store.engine import Store
from usage_store.storage import latest_storage
from usage_store.storage_saving import save_storage


def table_of(store: Store) -> StorageTable:
    with store.reading() as connection:
        return storage_table(latest_storage(connection), dashboard_views(connection))


def row_of(store: Store, user: str) -> UserRow:
    row = table_of(store).row(user)
    assert row is not None
    return row


def test_a_user_has_the_numbers_of_the_report_on_each_volume(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", "local", gb=11531, files=440603)])
        save_storage(connection, [usage("alice", "cryo", gb=0.5, files=7)])
    row = row_of(store, "alice")
    assert (row.volumes["local"].gb, row.volumes["local"].files) == (11531, 440603)
    assert (row.volumes["cryo"].gb, row.volumes["cryo"].files) == (0.5, 7)


def test_local_comes_before_cryo_and_others_follow_by_name(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", volume) for volume in ("tape", "cryo", "archive", "local")])
    assert table_of(store).volumes == ("local", "cryo", "archive", "tape")


def test_one_volume_alone_is_enough(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", "home")])
    assert table_of(store).volumes == ("home",)


def test_who_is_listed_without_data_and_who_has_data_without_being_listed_are_both_there(
    store: Store,
) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice"), usage("bob")])
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("charlie", 8101)])
    table = table_of(store)
    assert [(row.user, row.listed, bool(row.volumes)) for row in table.rows] == [
        ("alice", True, True),
        ("bob", False, True),
        ("charlie", True, False),
    ]
    assert (table.listed_without_data, table.data_without_listed_user) == (1, 1)


def test_who_left_the_lists_and_was_never_measured_is_not_in_the_table(store: Store) -> None:
    with store.writing() as connection:
        save_ledger(connection, [ledger_entry("bob", 8100, listed=False)])
        save_states(connection, [dashboard_state("bob")])
    assert table_of(store).rows == []


def test_the_change_in_a_week_compares_with_the_sample_a_week_before(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, usages(count=10 * 48, gb=100))  # a GiB and ten files each half hour
    here = row_of(store, "alice").volumes["local"]
    assert (here.gb_change_week, here.files_change_week) == (7 * 48, 7 * 480)


def test_the_change_is_unknown_when_the_history_is_shorter_than_a_week(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, usages(count=10))
    assert row_of(store, "alice").volumes["local"].gb_change_week is None


def test_totals_count_everybody_and_the_newest_sample_says_how_fresh_it_is(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", gb=10, files=1), usage("bob", gb=5, files=2)])
    total = table_of(store).totals["local"]
    assert (total.gb, total.files, total.users) == (15, 3, 2)
    assert table_of(store).newest_time == total.newest_time


def test_an_empty_store_gives_an_empty_table(store: Store) -> None:
    table = table_of(store)
    assert (table.rows, table.volumes, table.newest_time) == ([], (), None)


def test_while_no_lists_were_given_nobody_is_counted_as_missing_from_them(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice"), usage("bob")])
    assert table_of(store).data_without_listed_user == 0
