"""Whose data of a kind changed, and when: so that what was made of it is made again for those alone."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from usage_store.engine import upsert
from usage_store.schema import storage_latest, user_revisions, users


def note_changed_users(connection: Connection, kind: str, user_ids: Collection[int], revision: int) -> None:
    """Their data of `kind` is another since this revision of it."""
    rows = [{"kind": kind, "user_id": user_id, "revision": revision} for user_id in sorted(user_ids)]
    if rows:
        statement = upsert(connection, user_revisions)
        changed = {"revision": statement.excluded["revision"]}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["kind", "user_id"], set_=changed), rows
        )


def revisions_of_users(connection: Connection, kind: str) -> dict[str, int]:
    """Of everybody who has, or had, data of `kind`: "storage", "io", "queues"."""
    if kind == "storage":  # its table of newest samples has them already
        query = select(users.c.name, func.max(storage_latest.c.revision)).join(
            users, users.c.id == storage_latest.c.user_id
        )
        query = query.group_by(users.c.name)
    else:
        query = select(users.c.name, user_revisions.c.revision).join(
            users, users.c.id == user_revisions.c.user_id
        )
        query = query.where(user_revisions.c.kind == kind)
    return dict(connection.execute(query).tuples().all())
