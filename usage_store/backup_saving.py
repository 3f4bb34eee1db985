"""Saving listings of tarballs. Asking is in backups.py."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from usage_store.engine import upsert
from usage_store.revisions import next_revision
from usage_store.saved import Saved
from usage_store.schema_backups import backup_items, backup_nodes, backup_tarballs
from usermon.backup_records import BackupListing, Tarball


class _Key(NamedTuple):
    item_id: int
    time: int
    path_digest: str


class _Stored(NamedTuple):
    size_bytes: int
    is_listed: bool


def save_backups(connection: Connection, _source: str, listings: Sequence[BackupListing]) -> Saved:
    """Let each listing stand for its hub and node, in place of the one before.

    Tarballs that it does not name any more were removed by rotation: their sizes stay in the series of their
    item. A listing older than the one that stands is known; `taken` counts listings that changed something.
    """
    taken = 0
    for listing in sorted(listings, key=lambda one: one.time):
        taken += _save_listing(connection, listing)
    if taken:
        next_revision(connection, "backups")
    return Saved(taken, len(listings) - taken)


def _save_listing(connection: Connection, listing: BackupListing) -> bool:
    node = connection.execute(
        select(backup_nodes.c.id, backup_nodes.c.listed_at, backup_nodes.c.max_age_seconds).where(
            backup_nodes.c.hub == listing.hub, backup_nodes.c.node == listing.node
        )
    ).first()
    if node is not None and listing.time < node.listed_at:
        return False
    # When it was listed is no news by itself, but pages say how old the listing is.
    is_news = node is None or (listing.time, listing.max_age_seconds) != (
        node.listed_at,
        node.max_age_seconds,
    )
    node_id = _note_node(connection, listing) if is_news or node is None else node.id
    wanted = _keyed(_item_ids(connection, node_id, listing), listing.tarballs)
    stored = _stored(connection, node_id)
    rows = [
        {**key._asdict(), "path": tarball.path, "size_bytes": tarball.size_bytes, "is_listed": True}
        for key, tarball in wanted.items()
        if stored.get(key) != (tarball.size_bytes, True)
    ]
    gone = [key for key, tarball in stored.items() if tarball.is_listed and key not in wanted]
    _write(connection, rows)
    _unlist(connection, gone)
    return is_news or bool(rows or gone)


def _note_node(connection: Connection, listing: BackupListing) -> int:
    statement = upsert(connection, backup_nodes).values(
        hub=listing.hub,
        node=listing.node,
        listed_at=listing.time,
        max_age_seconds=listing.max_age_seconds,
    )
    changed = {name: statement.excluded[name] for name in ("listed_at", "max_age_seconds")}
    statement = statement.on_conflict_do_update(index_elements=["hub", "node"], set_=changed)
    return int(connection.execute(statement.returning(backup_nodes.c.id)).scalar_one())


def _item_ids(connection: Connection, node_id: int, listing: BackupListing) -> dict[str, int]:
    names = {tarball.item for tarball in listing.tarballs}
    query = select(backup_items.c.name, backup_items.c.id).where(backup_items.c.node_id == node_id)
    found = {row.name: row.id for row in connection.execute(query)}
    if missing := [{"node_id": node_id, "name": name} for name in sorted(names - found.keys())]:
        connection.execute(backup_items.insert(), missing)
        found = {row.name: row.id for row in connection.execute(query)}
    return found


def _keyed(ids: dict[str, int], tarballs: Sequence[Tarball]) -> dict[_Key, Tarball]:
    """Of two for one path the later given stands."""
    return {_Key(ids[one.item], one.time, _digest(one.path)): one for one in tarballs}


def _digest(path: str) -> str:
    return sha256(path.encode()).hexdigest()[:32]


def _stored(connection: Connection, node_id: int) -> dict[_Key, _Stored]:
    columns = ("item_id", "time", "path_digest", "size_bytes", "is_listed")
    query = (
        select(*(backup_tarballs.c[name] for name in columns))
        .join(backup_items, backup_items.c.id == backup_tarballs.c.item_id)
        .where(backup_items.c.node_id == node_id)
    )
    return {_Key(*row[:3]): _Stored(*row[3:]) for row in connection.execute(query)}


def _write(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        statement = upsert(connection, backup_tarballs)
        changed = {name: statement.excluded[name] for name in ("path", "size_bytes", "is_listed")}
        statement = statement.on_conflict_do_update(index_elements=list(_Key._fields), set_=changed)
        connection.execute(statement, rows)


def _unlist(connection: Connection, gone: list[_Key]) -> None:
    if gone:
        of_key = (backup_tarballs.c[name] == bindparam(f"of_{name}") for name in _Key._fields)
        connection.execute(
            backup_tarballs.update().where(*of_key).values(is_listed=False),
            [{f"of_{name}": value for name, value in key._asdict().items()} for key in gone],
        )
