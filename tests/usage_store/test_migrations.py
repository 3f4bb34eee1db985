"""Tables: made from nothing, brought up to date with data in them, refused when they are too new."""

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Index, text

import usage_store
from tests.factories import run, usage
from tests.usage_store.filled import FACILITY_OF_THE_FIRST_VERSION, fill, rows_of
from usage_store.collection_runs import latest_runs
from usage_store.dashboards import read_ledger
from usage_store.engine import Store, open_store
from usage_store.migrate import NEWEST_REVISION, StoreFromTheFuture, is_newest
from usage_store.revisions import current_revisions
from usage_store.schema import metadata
from usage_store.storage import latest_storage, storage_histories
from usage_store.storage_saving import save_storage


def differences(connection: Connection) -> list[object]:
    """Between the tables as they are and the tables as schema.py says."""

    def is_of_this_engine(item: object, *_more: object) -> bool:
        is_brin = isinstance(item, Index) and item.dialect_options["postgresql"]["using"] == "brin"
        return connection.dialect.name == "postgresql" or not is_brin

    context = MigrationContext.configure(connection, opts={"include_object": is_of_this_engine})
    found: list[object] = compare_metadata(context, metadata)
    return found


def migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(usage_store.__file__).parent / "migrations"))
    return config


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations())


REVISIONS = sorted(script.revision for script in scripts().walk_revisions())


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


def bring_to(connection: Connection, revision: str) -> None:
    """Make the tables as the Usermon of that version had them."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.mark.parametrize("start", REVISIONS[:-1])
def test_a_filled_database_of_each_version_is_brought_up_to_date(empty_store_url: str, start: str) -> None:
    store = open_store(empty_store_url, migrate=False)
    with store.writing() as connection:
        bring_to(connection, start)
        before = fill(connection)
    store.close()

    store = open_store(empty_store_url)

    with store.reading() as connection:
        assert differences(connection) == []
        assert is_newest(connection)
        for table, rows in before.items():
            assert rows_of(connection, table, tuple(rows[0])) == rows
    store.close()


def test_what_the_first_version_kept_reads_as_it_did(empty_store_url: str) -> None:
    store = open_store(empty_store_url, migrate=False)
    with store.writing() as connection:
        bring_to(connection, "0001")
        for statement in FACILITY_OF_THE_FIRST_VERSION:
            connection.execute(text(statement))
    store.close()

    store = open_store(empty_store_url)

    with store.reading() as connection:
        history = storage_histories(connection, "alice")["local"]
        assert (history.time, history.used_bytes, history.files) == ([600, 1200], [10, 20], [1, 2])
        assert history.hard_limit_bytes == 50
        assert [usage.used_bytes for usage in latest_storage(connection)] == [20]
        assert read_ledger(connection)["alice"].port == 8100
        assert latest_runs(connection) == [run()]
        assert current_revisions(connection)["storage"] == 7
    with store.writing() as connection:
        assert save_storage(connection, [usage("alice"), usage("bob")]).taken == 2
    store.close()


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
