"""Users, volumes, hosts and the like stand in the store once; everything else refers to them by number."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, select

from usage_store.engine import upsert
from usage_store.schema import users, volumes

_NAMES_AT_ONCE = 10_000


def ids_of_users(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The id of each name; unknown names are entered."""
    return ids_of(connection, users, sorted(set(names)))


def ids_of_volumes(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    return ids_of(connection, volumes, sorted(set(names)))


def ids_of(connection: Connection, table: Table, distinct_names: Iterable[str]) -> dict[str, int]:
    """The id of each name in a table of names; unknown ones are entered, in the order given."""
    names = list(distinct_names)
    found = _known_ids(connection, table, names)
    missing = [{"name": name} for name in names if name not in found]
    if missing:
        connection.execute(upsert(connection, table).on_conflict_do_nothing(), missing)
        found |= _known_ids(connection, table, [row["name"] for row in missing])
    return found


def _known_ids(connection: Connection, table: Table, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), _NAMES_AT_ONCE):
        part = names[start : start + _NAMES_AT_ONCE]
        query = select(table.c.name, table.c.id).where(table.c.name.in_(part))
        found |= {row.name: row.id for row in connection.execute(query)}
    return found
