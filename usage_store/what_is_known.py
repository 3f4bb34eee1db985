"""Of which kinds there is anything at all: that nothing is wrong is said of what is known alone."""

from sqlalchemy import Connection, exists, select

from usage_store.schema import collection_runs, dashboards
from usage_store.schema_backups import backup_nodes
from usage_store.schema_hosts import hosts
from usage_store.schema_queues import clusters

_TABLES = {
    "host": hosts,
    "backup": backup_nodes,
    "cluster": clusters,
    "source": collection_runs,
    "dashboard": dashboards,
}


def kinds_known(connection: Connection) -> frozenset[str]:
    """Of host, backup, cluster, source (one that ran) and dashboard, as kinds of troubles are called."""
    query = select(*(exists(select(1).select_from(table)).label(kind) for kind, table in _TABLES.items()))
    found = connection.execute(query).mappings().one()
    return frozenset(kind for kind in _TABLES if found[kind])
