"""Whose published file is older than the store."""

from collections.abc import Collection

from sqlalchemy import Connection, func, or_, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.schema import publications, storage_latest, users


def users_to_publish(
    connection: Connection, presentation: str, missing: Collection[str] = ()
) -> dict[str, int]:
    """User -> revision of their data, for each user whose data changed since `note_published`.

    `presentation` stands for what else is in a published file (timezone, reference lines): files that were
    published with another one are due too, and so are those of `missing`, whose files are not there.
    """
    newest = (
        select(storage_latest.c.user_id, func.max(storage_latest.c.revision).label("revision"))
        .group_by(storage_latest.c.user_id)
        .subquery()
    )
    query = (
        select(users.c.name, newest.c.revision)
        .join(newest, newest.c.user_id == users.c.id)
        .outerjoin(publications, publications.c.user_id == users.c.id)
        .where(
            or_(
                publications.c.revision.is_(None),
                publications.c.revision < newest.c.revision,
                publications.c.presentation != presentation,
                users.c.name.in_(list(missing)),
            )
        )
        .order_by(users.c.name)
    )
    return {row.name: row.revision for row in connection.execute(query)}


def note_published(connection: Connection, revision_by_user: dict[str, int], presentation: str) -> None:
    ids = ids_of_users(connection, revision_by_user)
    rows = [
        {"user_id": ids[user], "revision": revision, "presentation": presentation}
        for user, revision in revision_by_user.items()
    ]
    if rows:
        statement = upsert(connection, publications)
        changed = {name: statement.excluded[name] for name in ("revision", "presentation")}
        connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed), rows)


def forget_published(connection: Connection, names: Collection[str]) -> None:
    """Their files are gone: publish them again."""
    ids = select(users.c.id).where(users.c.name.in_(list(names)))
    connection.execute(publications.delete().where(publications.c.user_id.in_(ids)))
