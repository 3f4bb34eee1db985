"""What judging backups of today takes: the tarballs of the last weeks, and the newest of every item.

All that ever lay there is for pages of one node; a hub with ten years of nights is not read every minute.
"""

from sqlalchemy import Connection, and_, func, or_, select, true

from usage_store.backups import KeptTarball, NodeBackups
from usage_store.schema_backups import backup_items, backup_nodes, backup_tarballs

# Enough for the usual interval of an item, and for whether it shrank last week.
RECENT_SECONDS = 30 * 86_400


def recent_backups(connection: Connection, now: int) -> list[NodeBackups]:
    """As `node_backups` gives them, by hub and node, without what is old news."""
    nodes = select(backup_nodes).order_by(backup_nodes.c.hub, backup_nodes.c.node)
    found = {
        row.id: NodeBackups(row.hub, row.node, row.listed_at, row.max_age_seconds)
        for row in connection.execute(nodes)
    }
    newest = (
        select(backup_tarballs.c.item_id, func.max(backup_tarballs.c.time).label("time"))
        .where(backup_tarballs.c.is_listed == true())
        .group_by(backup_tarballs.c.item_id)
        .subquery()
    )
    tarballs = (
        select(
            backup_items.c.node_id,
            backup_items.c.name,
            backup_tarballs.c.time,
            backup_tarballs.c.size_bytes,
            backup_tarballs.c.path,
            backup_tarballs.c.is_listed,
        )
        .select_from(backup_items)
        .outerjoin(newest, newest.c.item_id == backup_items.c.id)
        .outerjoin(
            backup_tarballs,
            and_(
                backup_tarballs.c.item_id == backup_items.c.id,
                or_(
                    backup_tarballs.c.time >= now - RECENT_SECONDS,
                    backup_tarballs.c.time == newest.c.time,
                ),
            ),
        )
        .order_by(backup_items.c.name, backup_tarballs.c.time, backup_tarballs.c.path)
    )
    for node_id, item, *tarball in connection.execute(tarballs):
        kept = found[node_id].items.setdefault(item, [])
        if tarball[0] is not None:
            kept.append(KeptTarball(*tarball))
    return list(found.values())
