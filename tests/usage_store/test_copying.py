"""A whole store moves into another database, and goes on there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import usage
from tests.usage_store.filled import fill
from usage_store.copying import TargetNotEmpty, copy_store
from usage_store.engine import Store, open_store
from usage_store.schema import metadata
from usage_store.storage_saving import save_storage


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'source.db'}")
    with store.writing() as connection:
        fill(connection)
    yield store
    store.close()


@pytest.fixture
def target(store: Store) -> Store:
    """On either engine, with nothing in it."""
    return store


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


def test_every_row_of_every_table_is_copied_and_back_again(
    source: Store, target: Store, tmp_path: Path
) -> None:
    told: list[str] = []

    copied = copy_store(source, target, lambda table, _rows: told.append(table))

    assert set(copied.values()) == {2}
    assert told == list(copied)
    assert everything(target) == everything(source)
    back = open_store(f"sqlite:///{tmp_path / 'back.db'}")
    copy_store(target, back)
    assert everything(back) == everything(source)
    back.close()


def test_the_copy_goes_on_where_the_store_was(source: Store, target: Store) -> None:
    copy_store(source, target)
    with target.writing() as connection:
        assert save_storage(connection, [usage("alice"), usage("bob", "new")]).taken == 2


def test_a_store_that_holds_something_is_not_written_to(source: Store, target: Store) -> None:
    with target.writing() as connection:
        save_storage(connection, [usage("alice")])
    before = everything(target)
    with pytest.raises(TargetNotEmpty, match="in the table revisions"):
        copy_store(source, target)
    assert everything(target) == before
