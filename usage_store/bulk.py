"""Many rows at once, in the fastest way that each engine has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Integer, Table, or_
from sqlalchemy.dialects import postgresql

from usage_store.engine import upsert

# SQLite takes 32 766 values a statement; beyond some thousand rows nothing is gained. What is left over goes
# by hundreds, tens and ones: a statement of any other length would be compiled for its one use, which takes
# SQLite five times as long as to run it.
_ROWS_A_STATEMENT = (1_000, 100, 10, 1)
_ROWS_AT_ONCE = 20_000
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_numbers(connection: Connection, table: Table, columns: Mapping[str, Iterable[int]]) -> None:
    """Insert new rows, given by the column."""
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({', '.join(columns)}) FROM STDIN", columns)
    else:
        _insert(connection, table.name, columns, "")


def insert_values(connection: Connection, table: Table, columns: Mapping[str, Iterable[int | str]]) -> None:
    """The same for rows that hold texts too."""
    _insert(connection, table.name, columns, "")


def add_numbers(
    connection: Connection, table: Table, columns: Mapping[str, Iterable[int]], sums: Sequence[str]
) -> None:
    """Insert rows as `insert_numbers` does; where the key is there already, add those of `sums` to it.

    No two rows may have the same key.
    """
    keys = ", ".join(column.name for column in table.primary_key)
    added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    _insert(connection, table.name, columns, f" ON CONFLICT ({keys}) DO UPDATE SET {added}")


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert `rows`, or change those whose key stands with other values; how many that were.

    No two rows may have the same key, and all name the same columns.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        # One statement for all, an array a column: fifteen times as fast as a statement a row.
        columns = tuple(rows[0])
        arrays = tuple(_array(table.c[name], [row[name] for row in rows]) for name in columns)
        return connection.exec_driver_sql(_statement_of_arrays(table, columns), arrays).rowcount
    keys = [column.name for column in table.primary_key]
    statement = upsert(connection, table)
    others = [table.c[name] for name in rows[0] if name not in keys]
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={column.name: statement.excluded[column.name] for column in others},
        where=or_(*(column.is_distinct_from(statement.excluded[column.name]) for column in others)),
    )
    # The database counts what it changed: nothing needs to be read before it is written.
    result = connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)


def _array(column: Column[Any], values: list[object]) -> object:
    # Written out here, numbers cost a fourth of what the driver takes, which looks at each of them.
    if isinstance(column.type, Integer):
        return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"
    return values


@lru_cache
def _statement_of_arrays(table: Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    arrays = ", ".join(f"%s::{table.c[name].type.compile(_POSTGRESQL)}[]" for name in columns)
    keys = [column.name for column in table.primary_key]
    others = [name for name in columns if name not in keys]
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    is_another = " OR ".join(f"{table.name}.{name} IS DISTINCT FROM excluded.{name}" for name in others)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed} WHERE {is_another}"
    )


def _insert(
    connection: Connection, table: str, columns: Mapping[str, Iterable[int | str]], conflict: str
) -> None:
    width = len(columns)
    for values in _rows(columns, _ROWS_AT_ONCE):
        start = 0
        for rows in _ROWS_A_STATEMENT:
            length = rows * width
            end = start + (len(values) - start) // length * length
            if parts := [values[place : place + length] for place in range(start, end, length)]:
                statement = _statement(table, tuple(columns), rows, connection.dialect.name)
                connection.exec_driver_sql(statement + conflict, parts)
            start = end


def _rows(columns: Mapping[str, Iterable[Any]], at_once: int) -> Iterator[tuple[Any, ...]]:
    """The values of so many rows at once, one row after the other, without anything between."""
    iterators = [iter(column) for column in columns.values()]
    width = len(iterators)
    while True:
        parts = [list(islice(column, at_once)) for column in iterators]
        values = [None] * (width * len(parts[0]))
        for place, part in enumerate(parts):
            values[place::width] = part
        if values:
            yield tuple(values)
        if len(parts[0]) < at_once:
            return


@lru_cache
def _statement(table: str, columns: tuple[str, ...], rows: int, dialect: str) -> str:
    place = "%s" if dialect == "postgresql" else "?"
    row = f"({', '.join(place for _ in columns)})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - names of ours


def _copy(connection: Connection, statement: str, columns: Mapping[str, Iterable[int]]) -> None:
    line = "\t".join(["%d"] * len(columns)) + "\n"
    cursor: Any = connection.connection.cursor()  # psycopg's, which can copy
    try:
        with cursor.copy(statement) as copy:
            for values in _rows(columns, _ROWS_AT_ONCE):
                copy.write(line * (len(values) // len(columns)) % values)
    finally:
        cursor.close()
