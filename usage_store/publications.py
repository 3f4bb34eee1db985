"""Whose published file of a kind is older than the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.schema import publications, users
from usage_store.user_revisions import revisions_of_users


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files of a kind there should be.

    `presentation` stands for what else is in a file (timezone, reference lines): files that were published
    with another one are due too, so are those of `missing`, whose files are not there, and those of `fading`
    that were published before `faded_at`. Of who has no data there is a file only if they are `among_all`.
    """

    kind: str
    presentation: str
    missing: Collection[str] = ()
    fading: Collection[str] = ()
    faded_at: int = 0
    among_all: Collection[str] = field(default=())


def users_to_publish(connection: Connection, wanted: Wanted) -> dict[str, int]:
    """User -> revision of their data, for each user whose file is behind; by name."""
    query = (
        select(users.c.name, publications.c.revision, publications.c.presentation, publications.c.time)
        .join(users, users.c.id == publications.c.user_id)
        .where(publications.c.kind == wanted.kind)
    )
    published = {row.name: row for row in connection.execute(query)}
    revisions = dict.fromkeys(wanted.among_all, 0) | revisions_of_users(connection, wanted.kind)
    missing, fading = frozenset(wanted.missing), frozenset(wanted.fading)
    due: dict[str, int] = {}
    for user in sorted(revisions):
        known = published.get(user)
        if (
            known is None
            or known.revision < revisions[user]
            or known.presentation != wanted.presentation
            or user in missing
            or (user in fading and known.time < wanted.faded_at)
        ):
            due[user] = revisions[user]
    return due


def note_published(
    connection: Connection, kind: str, revision_by_user: Mapping[str, int], presentation: str, time: int
) -> None:
    ids = ids_of_users(connection, revision_by_user)
    around = {"kind": kind, "presentation": presentation, "time": time}
    rows = [{"user_id": ids[user], "revision": n, **around} for user, n in revision_by_user.items()]
    if rows:
        statement = upsert(connection, publications)
        changed = {name: statement.excluded[name] for name in ("revision", "presentation", "time")}
        keys = ["user_id", "kind"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def has_publications(connection: Connection, kind: str) -> bool:
    query = select(publications.c.user_id).where(publications.c.kind == kind).limit(1)
    return connection.execute(query).first() is not None


def forget_publications(connection: Connection, kind: str) -> None:
    """No file of this kind is there any more."""
    connection.execute(publications.delete().where(publications.c.kind == kind))


def forget_published(connection: Connection, names: Collection[str]) -> None:
    """Their files are gone: publish them again."""
    ids = select(users.c.id).where(users.c.name.in_(list(names)))
    connection.execute(publications.delete().where(publications.c.user_id.in_(ids)))
