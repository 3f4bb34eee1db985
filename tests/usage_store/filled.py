"""Databases of older versions with rows in them, made without today's tables."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    select,
)

Rows = list[dict[str, Any]]

# alice's 10 and 20 bytes with a limit of 50, her dashboard, and one pass over `local` (tests.factories.run),
# in the tables of version 0001, which nobody changes any more.
FACILITY_OF_THE_FIRST_VERSION = (
    "INSERT INTO users (name) VALUES ('alice')",
    "INSERT INTO volumes (name) VALUES ('local')",
    "INSERT INTO storage_samples (user_id, volume_id, time, used_bytes, files) VALUES"
    " (1, 1, 600, 10, 1), (1, 1, 1200, 20, 2)",
    "INSERT INTO storage_latest (user_id, volume_id, time, used_bytes, files, hard_limit_bytes, revision)"
    " VALUES (1, 1, 1200, 20, 2, 50, 7)",
    "INSERT INTO revisions (topic, value) VALUES ('storage', 7)",
    "INSERT INTO dashboards (user_id, port, listed, lists, created_at) VALUES (1, 8100, true, 'local', 1.0)",
    "INSERT INTO collection_runs (source, collector, started_at, finished_at, taken, known, rejected)"
    " VALUES ('local', 'storage_csv', 1772452800.0, 1772452801.0, 10, 0, 0)",
)


def fill(connection: Connection) -> dict[str, Rows]:
    """Put two rows into every table as the database has them, and return all by table."""
    tables = MetaData()
    tables.reflect(connection)
    filled: dict[str, Rows] = {}
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        rows = [{column.name: _value(column, number) for column in table.columns} for number in (1, 2)]
        connection.execute(table.insert(), rows)
        filled[table.name] = rows
    return filled


def _value(column: Column[Any], number: int) -> Any:
    """Something that fits; of the same number in every table, so that references lead somewhere."""
    match column.type:
        case Boolean():
            return number % 2 == 0
        case Float() | Numeric():
            return number + 0.5
        case Integer():
            return number
        case LargeBinary():
            return bytes([number])
        case String():
            return f"text {number}"[-(column.type.length or 100) :]
        case other:
            raise NotImplementedError(f"a value of {other!r} for {column}")


def rows_of(connection: Connection, name: str, columns: tuple[str, ...]) -> Rows:
    """Those columns of a table as it is now, in the order in which `fill` made the rows."""
    table = Table(name, MetaData(), autoload_with=connection)
    query = select(*(table.c[column] for column in columns)).order_by(
        *(table.c[column] for column in columns)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
