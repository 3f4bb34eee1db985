"""Moving a whole store into another database: from SQLite to PostgreSQL, or back."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from usage_store.engine import Store
from usage_store.schema import metadata
from usermon.errors import WrongUse

_ROWS_AT_ONCE = 5_000

Progress = Callable[[str, int], None]


class TargetNotEmpty(WrongUse):
    """A copy into a store that holds something would mix two facilities."""


def copy_store(source: Store, target: Store, tell: Progress = lambda _table, _rows: None) -> dict[str, int]:
    """Copy every row of `source`, as it is at one moment, into the empty `target`; rows by table.

    Both have their newest tables. All is copied or nothing; `tell` hears of each table when it is done.

    Raises:
        TargetNotEmpty: `target` holds rows already.
        StoreUnreachable: one of them does not answer.
    """
    copied: dict[str, int] = {}
    with source.reading() as reader, target.writing() as writer:
        _refuse_unless_empty(writer)
        for table in metadata.sorted_tables:
            copied[table.name] = _copy_table(reader, writer, table)
            _count_on(writer, table)
            tell(table.name, copied[table.name])
    return copied


def _refuse_unless_empty(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise TargetNotEmpty(
                f"the target holds rows already, in the table {table.name}",
                "Name a database in which nothing was saved yet.",
            )


def _copy_table(reader: Connection, writer: Connection, table: Table) -> int:
    rows = reader.execute(select(table).execution_options(yield_per=_ROWS_AT_ONCE))
    names = [column.name for column in table.columns]
    copied = 0
    for part in rows.partitions():
        _insert(writer, table, names, part)
        copied += len(part)
    return copied


def _insert(writer: Connection, table: Table, names: list[str], rows: Sequence[Any]) -> None:
    if writer.dialect.name != "postgresql":
        writer.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])
        return
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = writer.connection.cursor()
    try:
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    finally:
        cursor.close()


def _count_on(writer: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after those that came with their numbers."""
    if writer.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        if column is table.autoincrement_column:
            newest = select(func.max(column)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            writer.execute(select(func.setval(sequence, func.coalesce(newest, 1), newest.is_not(None))))
