"""Tables: made from nothing, brought up to date with data in them, refused when they are too new."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import usage_store
from tests.factories import ledger_entry, run, usages
from usage_store.collection_runs import latest_runs, note_run
from usage_store.dashboards import read_ledger, save_ledger
from usage_store.engine import Store, open_store
from usage_store.migrate import NEWEST_REVISION, StoreFromTheFuture, is_newest, migrate_to_newest
from usage_store.schema import metadata
from usage_store.storage import storage_histories
from usage_store.storage_saving import save_storage


def differences(connection: Connection) -> list[object]:
    """Between the tables as they are and the tables as schema.py says."""
    found: list[object] = compare_metadata(MigrationContext.configure(connection), metadata)
    return found


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(usage_store.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def test_the_newest_revision_is_the_newest_file() -> None:
    assert scripts().get_heads() == [NEWEST_REVISION]


def test_revisions_are_numbered_in_their_order() -> None:
    numbers = [script.revision for script in scripts().walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)


def test_an_empty_database_gets_the_tables_of_the_schema(empty_store_url: str) -> None:
    store = open_store(empty_store_url)
    with store.reading() as connection:
        assert differences(connection) == []
        assert is_newest(connection)
    store.close()


def test_opening_again_changes_nothing(empty_store_url: str) -> None:
    open_store(empty_store_url).close()
    store = open_store(empty_store_url)
    with store.reading() as connection:
        assert differences(connection) == []
    store.close()


@pytest.mark.parametrize("start", [script.revision for script in scripts().walk_revisions()])
def test_a_filled_database_of_each_version_is_brought_up_to_date(store: Store, start: str) -> None:
    with store.writing() as connection:
        save_storage(connection, usages("alice", count=50))
        save_ledger(connection, [ledger_entry("alice")])
        note_run(connection, run())
    # Until there is a second version, the way from a version to itself is all there is to go.
    assert start == NEWEST_REVISION
    with store.writing() as connection:
        migrate_to_newest(connection)
    with store.reading() as connection:
        assert differences(connection) == []
        assert len(storage_histories(connection, "alice")["local"].time) == 50
        assert read_ledger(connection)["alice"].port == 8100
        assert latest_runs(connection) == [run()]


def test_a_store_of_a_newer_usermon_is_refused(store: Store, store_url: str) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreFromTheFuture, match="version 9999, this program knows up to") as caught:
        open_store(store_url)
    assert "newer Usermon" in caught.value.remedy


def test_many_programs_may_start_at_once(empty_store_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            open_store(empty_store_url).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = open_store(empty_store_url)
    with store.reading() as connection:
        assert differences(connection) == []
    store.close()
