"""Which tarballs lie where: what answers about backups are made from. Saving is in backup_saving.py, judging
in backup_status.py."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from usage_store.schema_backups import backup_items, backup_nodes, backup_tarballs


class KeptTarball(NamedTuple):
    """`is_listed` is false for one that lay there once, and no more."""

    time: int
    size_bytes: int
    path: str
    is_listed: bool


@dataclass(slots=True)
class NodeBackups:
    """All tarballs of one hub on one node, by item in the order of their names, ascending in time."""

    hub: str
    node: str
    listed_at: int
    max_age_seconds: int | None
    items: dict[str, list[KeptTarball]] = field(default_factory=dict)


def hub_names(connection: Connection) -> list[str]:
    return list(
        connection.execute(select(backup_nodes.c.hub).distinct().order_by(backup_nodes.c.hub)).scalars()
    )


def node_backups(
    connection: Connection, hub: str | None = None, node: str | None = None
) -> list[NodeBackups]:
    """By hub and node: all there are, or those of one hub, or the one of that name."""
    nodes = select(backup_nodes).order_by(backup_nodes.c.hub, backup_nodes.c.node)
    if hub is not None:
        nodes = nodes.where(backup_nodes.c.hub == hub)
    if node is not None:
        nodes = nodes.where(backup_nodes.c.node == node)
    found = {
        row.id: NodeBackups(row.hub, row.node, row.listed_at, row.max_age_seconds)
        for row in connection.execute(nodes)
    }
    tarballs = (
        select(
            backup_items.c.node_id,
            backup_items.c.name,
            backup_tarballs.c.time,
            backup_tarballs.c.size_bytes,
            backup_tarballs.c.path,
            backup_tarballs.c.is_listed,
        )
        .join(backup_items, backup_items.c.id == backup_tarballs.c.item_id)
        .where(backup_items.c.node_id.in_(found))
        .order_by(backup_items.c.name, backup_tarballs.c.time, backup_tarballs.c.path)
    )
    for node_id, item, *tarball in connection.execute(tarballs):
        found[node_id].items.setdefault(item, []).append(KeptTarball(*tarball))
    return list(found.values())
