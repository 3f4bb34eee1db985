"""Users of whom anything is known: measured, listed, or named by a log or a queue."""

from sqlalchemy import Connection, select

from usage_store.schema import users


def is_known_user(connection: Connection, name: str) -> bool:
    if "\0" in name:  # no text for PostgreSQL
        return False
    return connection.execute(select(users.c.id).where(users.c.name == name)).first() is not None
