"""How new the newest data of each kind is: small questions, for monitoring."""

from typing import NamedTuple

from sqlalchemy import Connection, func, literal, select, union_all

from usage_store.schema import storage_latest, volumes
from usage_store.schema_backups import backup_nodes
from usage_store.schema_hosts import hosts
from usage_store.schema_io import io_entries
from usage_store.schema_queues import clusters


class Newest(NamedTuple):
    """`name` is a volume, a log's source, a cluster or a hub; hosts are one, under the name `all`."""

    kind: str
    name: str
    time: int


def newest_data(connection: Connection) -> list[Newest]:
    """Of each kind and name with data; a backup's is when it was last listed."""
    everything = union_all(
        select(
            literal("backups").label("kind"), backup_nodes.c.hub, func.max(backup_nodes.c.listed_at)
        ).group_by(backup_nodes.c.hub),
        select(literal("hosts"), literal("all"), func.max(hosts.c.newest_time)).having(func.count() > 0),
        select(literal("io"), io_entries.c.source, func.max(io_entries.c.time)).group_by(io_entries.c.source),
        select(literal("queues"), clusters.c.name, clusters.c.time),
        select(literal("storage"), volumes.c.name, func.max(storage_latest.c.time))
        .join(storage_latest, storage_latest.c.volume_id == volumes.c.id)
        .group_by(volumes.c.name),
    )
    found = (Newest(*row) for row in connection.execute(everything))
    return sorted(newest for newest in found if newest.time is not None)
