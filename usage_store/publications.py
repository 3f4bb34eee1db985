"""Whose published file is older than the store."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, or_, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.schema import publications, storage_latest, users


def users_to_publish(connection: Connection) -> dict[str, int]:
    """User -> revision of their data, for each user whose data changed since `note_published`."""
    newest = (
        select(storage_latest.c.user_id, func.max(storage_latest.c.revision).label("revision"))
        .group_by(storage_latest.c.user_id)
        .subquery()
    )
    query = (
        select(users.c.name, newest.c.revision)
        .join(newest, newest.c.user_id == users.c.id)
        .outerjoin(publications, publications.c.user_id == users.c.id)
        .where(or_(publications.c.revision.is_(None), publications.c.revision < newest.c.revision))
        .order_by(users.c.name)
    )
    return {row.name: row.revision for row in connection.execute(query)}


def note_published(connection: Connection, revision_by_user: dict[str, int]) -> None:
    ids = ids_of_users(connection, revision_by_user)
    rows = [{"user_id": ids[user], "revision": revision} for user, revision in revision_by_user.items()]
    if rows:
        statement = upsert(connection, publications)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"revision": statement.excluded.revision}
        )
        connection.execute(statement, rows)


def forget_published(connection: Connection, names: Iterable[str]) -> None:
    """Their files are gone: publish them again."""
    ids = connection.execute(select(users.c.id).where(users.c.name.in_(list(names)))).scalars().all()
    connection.execute(publications.delete().where(publications.c.user_id.in_(ids)))
